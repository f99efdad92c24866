// node build.mjs PAGES APP: bundles the single pages into PAGES and the console into APP. Called by hatch_build.py.
import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {basename} from 'node:path';
import {build} from 'esbuild';

const [pages, app] = process.argv.slice(2);

/** Of each language the messages of these ids alone: a page beside the console has its words out of the console's files. */
function wordsOf(ids) {
  return {
    name: 'words',
    setup(made) {
      made.onLoad({filter: /\.ftl$/}, async ({path}) => {
        const lines = (await readFile(path, 'utf8')).split('\n');
        return {contents: lines.filter((each) => ids.test(each.split(' = ')[0])).join('\n'), loader: 'text'};
      });
    },
  };
}
const PAGE_WORDS = {
  // signals without the screens: the pages draw nothing with Preact
  alias: {'@preact/signals': '@preact/signals-core'},
};
const LOGIN_WORDS = /^(login-|refused-|language$)/;
const CONSOLE_WORDS = /^(?!login-|callpage-)/;
const CALL_WORDS = /^(callpage-|refused-|language$|map-exercise$)/;

/** One page that needs nothing beside it: its script and style stand in it and are named by their digests. */
async function singlePage(folder, target, more = {}) {
  const options = {bundle: true, minify: true, write: false, charset: 'utf8', legalComments: 'inline', logLevel: 'warning', ...more};
  const script = await build({...options, entryPoints: [`${folder}/main.ts`], format: 'esm', target: 'es2022'});
  const style = await build({...options, entryPoints: [`${folder}/page.css`]});
  // `</` would end the element that the script stands in
  const scriptText = script.outputFiles[0].text.replaceAll('</', '<\\/').trimEnd();
  const styleText = style.outputFiles[0].text.trimEnd();
  const hash = (text) => `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
  const filled = {'script-hash': hash(scriptText), 'style-hash': hash(styleText), style: styleText, script: scriptText};
  const page = await readFile(`${folder}/page.html`, 'utf8');
  await writeFile(target, page.replace(/\{\{([a-z-]+)\}\}/g, (_, name) => filled[name]));
}

/**
 * The console: an entry of its own, the map split off and loaded beside it, and maplibre's worker. Every name but the page's, the service worker's and the manifest's
 * carries a digest, so that a browser may keep it for ever.
 */
async function consoleApp(out) {
  const made = `${out}.part`; // whole or not at all
  await rm(made, {recursive: true, force: true});
  await mkdir(made, {recursive: true});
  const worker = ['src/map/worker.ts'].filter(existsSync);
  const options = {
    bundle: true, minify: true, target: 'es2022', charset: 'utf8', legalComments: 'none', logLevel: 'warning',
    outdir: made, entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', assetNames: '[name]-[hash]',
    loader: {'.ftl': 'text', '.svg': 'file', '.pbf': 'file', '.bin': 'file'}, metafile: true,
    jsx: 'automatic', jsxImportSource: 'preact', publicPath: '/console/app',
  };
  // The worker comes first: the map is told its name.
  const workers = worker.length ? (await build({...options, format: 'esm', entryPoints: worker})).metafile : {outputs: {}};
  const workerName = Object.keys(workers.outputs).map((each) => basename(each)).find((each) => each.endsWith('.js'));
  const {metafile} = await build({
    ...options, format: 'esm', splitting: true, entryPoints: ['src/app/main.tsx'], plugins: [wordsOf(CONSOLE_WORDS)],
    define: {
      MAP_WORKER: JSON.stringify(workerName ? `/console/app/${workerName}` : ''),
    },
  });
  const call = {...PAGE_WORDS, plugins: [wordsOf(CALL_WORDS)], splitting: false, metafile: false, entryNames: '[name]'};
  await build({...options, ...call, format: 'esm', entryPoints: ['src/meeting/words.ts']});
  const outputs = Object.entries(metafile.outputs).map(([path, each]) => ({...each, name: basename(path)}));
  const entry = outputs.find((each) => each.entryPoint === 'src/app/main.tsx');
  const style = entry.cssBundle ? basename(entry.cssBundle) : '';
  const icon = 'icon.svg';
  await writeFile(`${made}/${icon}`, await readFile('src/app/icon.svg'));
  const files = [...new Set([...Object.keys(workers.outputs).map((each) => basename(each)), ...outputs.map((each) => each.name)])].sort();
  const page = await readFile('src/app/index.html', 'utf8');
  const chunks = entry.imports.filter((each) => each.kind === 'import-statement').map((each) => basename(each.path));
  const filled = {script: entry.name, style, preload: chunks.map((each) => `<link rel="modulepreload" href="/console/app/${each}">`).join('')};
  await writeFile(`${made}/index.html`, page.replace(/\{\{([a-z]+)\}\}/g, (_, name) => filled[name]));
  const version = createHash('sha256').update(JSON.stringify([files, filled])).digest('hex').slice(0, 12);
  const offline = [...files, icon].map((each) => `/console/app/${each}`);
  await build({
    ...options, format: 'iife', entryPoints: ['src/app/sw.ts'], entryNames: '[name]', metafile: false,
    define: {VERSION: JSON.stringify(version), OFFLINE: JSON.stringify(offline)},
  });
  await writeFile(`${made}/manifest.webmanifest`, await readFile('src/app/manifest.webmanifest'));
  await writeFile(`${made}/files.json`, JSON.stringify({version, entry: entry.name, style, files}, null, 1));
  await rm(out, {recursive: true, force: true});
  await rename(made, out);
}

await mkdir(pages, {recursive: true});
await singlePage('src/verifier', `${pages}/verify.html`);
await singlePage('src/login', `${pages}/login.html`, {...PAGE_WORDS, plugins: [wordsOf(LOGIN_WORDS)]});
await consoleApp(app);
