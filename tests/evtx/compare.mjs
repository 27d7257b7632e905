// Reads EVTX files with this project's reader and with Debian's libevtx (evtxexport), and compares record by record,
// value by value.  node compare.mjs PROGRAM FOLDER
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [program, folder] = process.argv.slice(2);
if (!existsSync(folder)) {
    console.log(`skipped: there is no ${folder}`);
    process.exit(77);
}

const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.evtx')).sort();
const limit = { encoding: 'utf8', maxBuffer: 1 << 28 };

const ours = (file) =>
    execFileSync(program, [file], limit).split('\n').filter(Boolean).map((line) => JSON.parse(line));

const entities = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const plain = (text) =>
    text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name) => {
        if (name[0] !== '#') return entities[name] ?? whole;
        return String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10));
    });

// The elements of one event, as {name, attributes, text, children}.
function parse(xml) {
    const root = { children: [] };
    const open = [root];
    for (const [, close, name, attributes, empty, text] of
        xml.matchAll(/<(\/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"]*")*)\s*(\/?)>|([^<]+)/g)) {
        const last = open[open.length - 1];
        if (text !== undefined) {
            last.text = (last.text ?? '') + plain(text);
        } else if (close) {
            open.pop();
        } else {
            const element = { name, attributes: {}, text: '', children: [] };
            for (const [, key, value] of attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
                element.attributes[key] = plain(value);
            }
            last.children.push(element);
            if (!empty) open.push(element);
        }
    }
    return root.children[0];
}

// What both write differently: zeros in front of hexadecimal numbers, and behind fractions of seconds.
const usual = (value) =>
    value.replace(/^0x0+(?=.)/, '0x').replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d*?)0*Z$/, '$1Z').replace('.Z', 'Z');

// The fields of an event, [name, value], as this project names them (docs/detection.md).
function fields(event) {
    const list = [];
    const add = (name, value) => value !== '' && list.push([name, usual(value)]);
    for (const part of event.children) {
        for (const element of part.name === 'UserData' ? part.children[0]?.children ?? [] : part.children) {
            const { Name: name, ...others } = element.attributes;
            if (part.name === 'System') {
                for (const [key, value] of Object.entries(element.attributes)) add(`${element.name}_${key}`, value);
                add(element.name, element.text);
            } else if (part.name === 'EventData') {
                add((name ?? element.name).replaceAll(' ', ''), element.text);
            } else {
                for (const [key, value] of Object.entries(others)) add(`${element.name}_${key}`, value);
                add(element.name, element.text);
            }
        }
    }
    return list;
}

const theirs = (file) =>
    (execFileSync('evtxexport', ['-f', 'xml', file], { ...limit, stdio: ['ignore', 'pipe', 'ignore'] })
        .match(/<Event [\s\S]*?<\/Event>/g) ?? []).map(parse);

const counts = { files: files.length, records: 0, values: 0, differences: 0 };
const different = (...words) => {
    counts.differences += 1;
    if (counts.differences <= 50) console.log(...words);
};
for (const name of files) {
    const file = join(folder, name);
    const [mine, other] = [ours(file), theirs(file)];
    if (mine.length !== other.length) different(name, `${mine.length} records, libevtx has ${other.length}`);
    for (let i = 0; i < Math.min(mine.length, other.length); i++) {
        const left = mine[i].fields.filter(([, value]) => value !== '').map(([key, value]) => [key, usual(value)]);
        for (const [key, value] of fields(other[i])) {
            const found = left.findIndex((field) => field[0] === key && field[1] === value);
            counts.values += 1;
            if (found < 0) different(name, i, 'only libevtx has', key, value);
            else left.splice(found, 1);
        }
        // Second names of Sigma's taxonomy repeat a value.
        for (const [key, value] of left) {
            const repeated = mine[i].fields.filter((field) => usual(field[1]) === value).length > 1;
            if (!repeated) different(name, i, 'only this project has', key, value);
        }
        counts.records += 1;
    }
}
console.log(`${counts.files} files, ${counts.records} records, ${counts.values} values, ${counts.differences} differences`);
process.exit(counts.differences === 0 && counts.records > 0 ? 0 : 1);
