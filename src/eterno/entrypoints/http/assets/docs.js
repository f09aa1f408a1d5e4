"use strict";
// The stand-alone layout is left out: its bar would load descriptions from any address.
SwaggerUIBundle({
  dom_id: "#api",
  url: "/openapi.json",
  layout: "BaseLayout",
  deepLinking: true,
  displayOperationId: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
