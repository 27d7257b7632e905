// Elements without a framework: one function that makes one.

type Child = Node | string | false | undefined;
type Value = string | number | boolean | undefined | ((event: never) => void);

// Attributes by their names; a function is a listener ("click"), true an attribute without a value,
// false or undefined none.
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name, attributes: Readonly<Record<string, Value>> = {}, ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key, value as EventListener);
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children) {
    if (child !== undefined && child !== false) made.append(child);
  }
  return made;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

// A line drawing of 24×24 that a button's text explains.
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const drawing = document.createElementNS(svgNamespace, 'path');
  drawing.setAttribute('d', path);
  svg.append(drawing);
  return svg;
}
