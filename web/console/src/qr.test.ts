import { describe, expect, it } from 'vitest';
import { qrPath } from './qr.js';

describe('qrPath', () => {
  it('draws runs of dark modules inside the quiet zone', () => {
    expect(qrPath(['0110', '0000', '1001'])).toBe('M5 4h2v1h-2zM4 6h1v1h-1zM7 6h1v1h-1z');
    expect(qrPath([])).toBe('');
  });
});
