// A QR code from rows of '0' and '1': dark modules as one path, with the quiet zone of four modules
// that readers need (ISO/IEC 18004). Always dark on white, whatever the page's colours.

const quiet = 4;

export function qrPath(rows: readonly string[]): string {
  let path = '';
  rows.forEach((row, y) => {
    for (const run of row.matchAll(/1+/g)) path += `M${run.index + quiet} ${y + quiet}h${run[0].length}v1h-${run[0].length}z`;
  });
  return path;
}

export function qrCode(rows: readonly string[], label: string): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  const side = rows.length + 2 * quiet;
  svg.setAttribute('viewBox', `0 0 ${side} ${side}`);
  svg.setAttribute('class', 'qr');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.setAttribute('shape-rendering', 'crispEdges');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', qrPath(rows));
  svg.append(path);
  return svg;
}
