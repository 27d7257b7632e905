import assert from 'node:assert/strict';
import test from 'node:test';

import { auditNumber, busySeconds, compare, kilobytes, median, processSeconds, shareOfAdded } from './sensor_numbers.mjs';

test('medians of odd, even and no values', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([]), null);
});

test('pairs are compared by what one operation took, whatever their number was', () => {
  const bare = { operations: 100, wall: 1, cpu: 0.5, machine: 2 };
  const watched = { operations: 50, wall: 1, cpu: 0.5, machine: 1 };
  const disturbed = { operations: 1, wall: 1, cpu: 0.5, machine: 1 };
  const found = compare([{ bare, watched }, { bare, watched }, { bare, watched: disturbed }]);
  assert.equal(found.wall, 2);
  assert.equal(found.cpu, 2);
  assert.equal(found.machine, 1);
  assert.equal(found.bareNanoseconds, 5e6);
});

test('shares of added cost', () => {
  assert.ok(Math.abs(shareOfAdded(1.1, 1.5) - 0.2) < 1e-9);
  assert.equal(shareOfAdded(0.99, 1.5), 0);
  assert.equal(shareOfAdded(1.1, 1), null);
  assert.equal(shareOfAdded(1.1, null), null);
});

test('what the kernel and auditctl say', () => {
  assert.equal(busySeconds('cpu  100 200 300 9999 50 10 20 70 0 0\ncpu0 1 2 3\n'), 6.3);
  assert.equal(processSeconds('7 (a ) b) S 1 7 7 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 1 0 5 1 1'), 2);
  assert.equal(kilobytes('Rss:  900 kB\nPss:      123 kB\n', 'Pss'), 123);
  assert.equal(auditNumber('enabled 1\nlost 12\nbacklog 0\n', 'lost'), 12);
  assert.equal(auditNumber('enabled 1\n', 'lost'), null);
});
