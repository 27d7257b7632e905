// What ./bench sensor says at the end.
import { rounded, shareOfAdded } from './sensor_numbers.mjs';

// At most so much of bare, where one is set.
const limits = { exec: 1.05, build: 1.05, open_read: 1.10, open_write: 1.25, getppid: 1.5, tcp: null };

function lineOf(load, found) {
  const of = (setUp, clock) => rounded(found[setUp]?.loads[load]?.[clock] ?? null);
  const line = { name: load, bare_nanoseconds: rounded(found.sensor.loads[load].bareNanoseconds, 0) };
  for (const setUp of ['sensor', 'every_event', 'auditd_raw', 'auditd_enriched', 'auditd_laurel']) {
    line[`${setUp}_over_bare`] = of(setUp, 'wall');
    line[`${setUp}_cpu_over_bare`] = of(setUp, 'cpu');
    line[`${setUp}_machine_over_bare`] = of(setUp, 'machine');
  }
  line.share_of_auditd_raw = rounded(shareOfAdded(line.sensor_over_bare, line.auditd_raw_over_bare));
  return line;
}

function goalsOf(report) {
  const goals = [];
  const add = (goal, value, most) => {
    if (value !== null && value !== undefined) goals.push({ goal, value, most, met: value <= most });
  };
  for (const line of report.loads) {
    if (limits[line.name]) add(`${line.name} over bare`, line.sensor_over_bare, limits[line.name]);
    add(`${line.name}, share of what auditd adds`, line.share_of_auditd_raw, 0.2);
  }
  add('lost', report.lost, 0);
  add('resident, MB', report.resident_mb, 40);
  add('idle, % of a core', report.idle_percent, 0.2);
  return goals;
}

export function summary(found, loads, rounds) {
  const storms = found.storms ?? [];
  const report = {
    loads: loads.map((load) => lineOf(load, found)),
    lost: found.sensor.lost + found.every_event.lost + storms.reduce((sum, one) => sum + one.lost, 0),
    held_back: found.sensor.held,
    resident_mb: rounded(found.sensor.resident, 1), analyst_resident_mb: rounded(found.sensor.analyst, 1),
    idle_percent: found.idle === undefined ? null : rounded(found.idle),
    storms, rounds, rules: found.rules, audit_was_on: found.auditWasOn,
    auditd_lost: ['auditd_raw', 'auditd_enriched', 'auditd_laurel'].reduce((sum, name) => sum + (found[name]?.lost ?? 0), 0),
    auditd_skipped: found.auditSkipped ?? null,
  };
  report.goals = goalsOf(report);
  return report;
}

const cell = (value) => (value === null ? '–' : value.toFixed(2)).padStart(7);

export function printTable(report) {
  console.log(`Times over bare: wall / CPU of the load. Medians of ${report.rounds} paired rounds (of the build, of every event told and of the`);
  console.log(`last two of auditd a third).${report.rules ? '' : ' No Sigma rules were there.'}`);
  const setUps = { sensor: 'sensor', every_event: 'every event', auditd_raw: 'auditd RAW', auditd_enriched: 'ENRICHED', auditd_laurel: 'with laurel' };
  console.log(`${'load'.padEnd(11)}${'bare, ns'.padStart(12)}${Object.values(setUps).map((name) => name.padStart(18)).join('')}`);
  for (const line of report.loads) {
    const cells = Object.keys(setUps).map((name) => ` ${cell(line[`${name}_over_bare`])} / ${cell(line[`${name}_cpu_over_bare`])}`);
    console.log(`${line.name.padEnd(11)}${String(line.bare_nanoseconds).padStart(12)}${cells.join('')}`);
  }
  for (const one of report.storms) {
    console.log(`storm ${one.load}, ${one.every_event ? 'every event told' : 'default policy'}: ${one.operations} in ${one.seconds} s, lost ${one.lost}, held back ${one.held_back}`);
  }
  console.log(`lost ${report.lost}, held back in the loads ${report.held_back}; auditd lost ${report.auditd_lost}`);
  console.log(`resident ${report.resident_mb} MB (all processes, what is shared counted once; the analyst alone ${report.analyst_resident_mb} MB), idle ${report.idle_percent ?? '–'} % of a core`);
  if (report.auditd_skipped) console.log(`auditd was not measured: ${report.auditd_skipped}`);
  for (const one of report.goals) console.log(`${one.met ? '✓' : '✗'} ${one.goal}: ${one.value} (at most ${one.most})`);
}

const places = { ends: 'the ends of all calls', begins: 'the beginnings of all calls', calls: 'the ends of openat and close alone' };

export function hookReport(found) {
  return { hooks: Object.keys(places).map((place) => ({ name: place,
    loads: Object.fromEntries(Object.entries(found[place].loads).map(([load, one]) => [load, rounded(one.cpu)])) })) };
}

export function printHooks({ hooks }) {
  console.log('CPU times over bare of programs that do nothing, attached to');
  for (const { name, loads } of hooks) {
    console.log(`  ${places[name].padEnd(36)}${Object.entries(loads).map(([load, ratio]) => `${load} ${ratio.toFixed(3)}`).join('   ')}`);
  }
}
