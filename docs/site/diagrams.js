/* Loads what draws diagrams, 3.5 MB, on the pages that have one. */
if (document.querySelector(".mermaid")) {
    const address = new URL("mermaid.js", document.currentScript.src);
    document.write(`<script src="${address}"></script>`);
}
