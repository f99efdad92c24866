// node build.mjs FOLDER: bundles the pages into FOLDER. Called by hatch_build.py.
import {createHash} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {build} from 'esbuild';

const out = process.argv[2];
await mkdir(out, {recursive: true});

/** One page that needs nothing beside it: its script and style stand in it and are named by their digests. */
async function singlePage(folder, target) {
  const options = {bundle: true, minify: true, write: false, charset: 'utf8', legalComments: 'inline', logLevel: 'warning'};
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

await singlePage('src/verifier', `${out}/verify.html`);
await singlePage('src/login', `${out}/login.html`);
