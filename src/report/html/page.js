// What a page can do more with scripts: nothing that it says depends on them.
(() => {
  "use strict";
  const spanish = document.getElementById("language-es");
  const titles = { en: document.body.dataset.titleEn, es: document.body.dataset.titleEs };
  const language = () => (spanish.checked ? "es" : "en");

  // The language of the document follows the choice, for screen readers, the title and the replay.
  const speak = () => {
    document.documentElement.lang = language();
    document.title = titles[language()];
    document.dispatchEvent(new CustomEvent("cruce:language"));
  };
  document.querySelectorAll(".language").forEach((input) => input.addEventListener("change", speak));

  // A button in both languages, of which the page shows one.
  const button = (en, es, act) => {
    const made = document.createElement("button");
    made.type = "button";
    for (const [lang, text] of [["en", en], ["es", es]]) {
      const span = document.createElement("span");
      span.lang = lang;
      span.textContent = text;
      made.append(span);
    }
    made.addEventListener("click", act);
    return made;
  };

  // Figures can be enlarged and moved; the drawing itself stays as it is.
  document.querySelectorAll("figure > .scroll > svg.chart").forEach((svg) => {
    const frame = svg.parentElement;
    const tools = document.createElement("div");
    tools.className = "tools";
    let zoom = null;
    const zooming = () => {
      if (!zoom) {
        zoom = window.Panzoom(svg, { maxScale: 8, minScale: 1, contain: "outside", step: 0.5 });
        frame.classList.add("zoomed");
        tools.append(out, whole);
      }
      return zoom;
    };
    const out = button("Smaller", "Reducir", () => zooming().zoomOut());
    const whole = button("Whole figure", "Figura completa", () => {
      zoom.reset({ animate: false });
      zoom.destroy();
      svg.removeAttribute("style");
      zoom = null;
      frame.classList.remove("zoomed");
      out.remove();
      whole.remove();
      enlarge.focus();
    });
    const enlarge = button("Enlarge", "Ampliar", () => zooming().zoomIn());
    tools.append(enlarge);
    frame.after(tools);
  });

  // What is to be typed can be copied.
  document.querySelectorAll("pre.command").forEach((pre) => {
    if (!navigator.clipboard) return;
    pre.after(button("Copy", "Copiar", () => navigator.clipboard.writeText(pre.textContent)));
  });

  // Paper shows the tables of sections, folded up or not; those behind figures stay in the page.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("section > details:not([open]):not(.long)")];
    opened.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((details) => (details.open = false)));

  speak();
})();
