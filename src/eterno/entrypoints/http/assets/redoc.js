"use strict";
// The nonce lets ReDoc's own styles in, and nobody else's.
Redoc.init(
  "/openapi.json",
  { nonce: document.currentScript.nonce, hideDownloadButton: false, sortTagsAlphabetically: false },
  document.getElementById("api"),
);
