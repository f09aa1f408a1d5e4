// What helps the office along; every page works without it.
"use strict";

// Things that cannot be undone ask once more.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.ask;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    event.stopPropagation();
  }
}, true);

// A picture is brought as soon as it is chosen, with its progress to be seen; the form then carries
// its key. Where this does not run, the file goes along with the form.
document.addEventListener("change", (event) => {
  const chooser = event.target;
  if (!chooser.matches("[data-bring]") || !chooser.files.length) return;
  const form = chooser.form;
  const box = chooser.closest(".picture");
  const [preview, progress, words] = ["img", "progress", "[role=status]"].map((what) => box.querySelector(what));
  const submit = form.querySelector("button");
  const sent = new FormData();
  sent.append("form_key", form.elements.form_key.value);
  sent.append("picture", chooser.files[0]);
  preview.src = URL.createObjectURL(chooser.files[0]);
  preview.hidden = false;
  progress.hidden = false;
  submit.disabled = true;
  words.textContent = "Bringing the picture…";
  const request = new XMLHttpRequest();
  request.responseType = "json";
  request.upload.addEventListener("progress", (step) => {
    if (step.lengthComputable) progress.value = step.loaded / step.total;
  });
  request.addEventListener("loadend", () => {
    progress.hidden = true;
    submit.disabled = false;
    if (request.status === 201 && request.response) {
      form.elements.img_key.value = request.response.key;
      chooser.value = "";
      words.textContent = "The picture is here. Save to show it.";
    } else {
      words.textContent = (request.response && request.response.detail) || "The picture could not be brought. Please try again.";
    }
  });
  request.open("POST", chooser.dataset.bring);
  request.send(sent);
});
