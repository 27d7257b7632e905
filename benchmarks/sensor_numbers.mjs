// The arithmetic of ./bench sensor; nothing here touches the machine.

export function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Seconds that one operation took, by each clock.
function eachOf({ operations, wall, cpu, machine }) {
  return { wall: wall / operations, cpu: cpu / operations, machine: machine / operations };
}

// The medians of all pairs' ratios. A pair is what a load took with something and, beside it, bare.
export function compare(pairs) {
  const ratios = { wall: [], cpu: [], machine: [] };
  for (const { bare, watched } of pairs) {
    const without = eachOf(bare);
    const withIt = eachOf(watched);
    for (const clock of Object.keys(ratios)) ratios[clock].push(withIt[clock] / without[clock]);
  }
  return {
    wall: median(ratios.wall), cpu: median(ratios.cpu), machine: median(ratios.machine), pairs: pairs.length,
    bareNanoseconds: median(pairs.map(({ bare }) => eachOf(bare).cpu)) * 1e9,
  };
}

// What the sensor adds, as a share of what auditd adds; null where auditd adds nothing that could be shared.
export function shareOfAdded(sensorOverBare, auditdOverBare) {
  if (sensorOverBare === null || auditdOverBare === null || auditdOverBare <= 1) return null;
  return Math.max(0, (sensorOverBare - 1) / (auditdOverBare - 1));
}

// The line 'cpu' of /proc/stat: seconds that all processors were busy, but for what a host took away.
export function busySeconds(stat, ticksASecond = 100) {
  const [user, nice, system, , , interrupts, soft] = stat.split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + interrupts + soft) / ticksASecond;
}

// Seconds of /proc/PID/stat: user and system. The name, in brackets, may hold anything.
export function processSeconds(stat, ticksASecond = 100) {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksASecond;
}

// kB of a line such as 'Pss:   123 kB' in /proc/PID/smaps_rollup or status.
export function kilobytes(text, name) {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return found ? Number(found[1]) : 0;
}

// 'lost 12' of auditctl -s.
export function auditNumber(text, name) {
  const found = new RegExp(`^${name} (\\d+)`, 'm').exec(text);
  return found ? Number(found[1]) : null;
}

export const rounded = (value, digits = 3) => (value === null || !Number.isFinite(value) ? null : Number(value.toFixed(digits)));
