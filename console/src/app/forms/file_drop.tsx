/** A file picked or dropped. What it is by its bytes the node says; here it is bounded and hashed. */

import {useState} from 'preact/hooks';
import type {ComponentChildren, JSX} from 'preact';
import {base64Of, sha256} from '../files';
import {t} from '../i18n';
import {Code, Said} from '../text';

export const KEPT_BYTES_MAX = 256 * 1024; // docs/spec/incident.md, docs/spec/group.md
const HASHED_BYTES_MAX = 256 * 1024 * 1024; // read whole into memory by this browser

/** A file as this browser read it. `content` is empty where it is too large to be kept: then its digest stands for it. */
export interface TakenFile {
  name: string;
  size: number;
  sha256: string;
  content: string;
}

export const NO_FILE: TakenFile = {name: '', size: 0, sha256: '', content: ''};

/** Read a file within the limits; raises what is told at the field. */
export async function takeFile(file: File): Promise<TakenFile> {
  if (file.size === 0) throw new Error(t('file-empty', {name: file.name}));
  if (file.size > HASHED_BYTES_MAX) throw new Error(t('file-not-hashed', {name: file.name, size: file.size, most: HASHED_BYTES_MAX}));
  const digest = await sha256(new Uint8Array(await file.arrayBuffer()));
  const kept = file.size <= KEPT_BYTES_MAX;
  if (!kept && digest === null) throw new Error(t('document-too-large', {size: file.size}));
  return {name: file.name, size: file.size, sha256: digest ?? '', content: kept ? await base64Of(file) : ''};
}

/** The browser's own button speaks the browser's language, and says that nothing was chosen after a drop: its input is there for keys and readers alone. */
export function PickFile({label, accept, onPick}: {label: string; accept?: string; onPick: (files: FileList | null) => void}): JSX.Element {
  return (
    <label class="pick"><span>{label}</span> <span class="button">{t('pick-file')}</span>
      <input type="file" class="hidden" accept={accept} onChange={(event) => { onPick(event.currentTarget.files); event.currentTarget.value = ''; }} />
    </label>
  );
}

interface Properties {
  label: string;
  hint?: ComponentChildren;
  onTake: (file: TakenFile) => void;
  /** What is taken now, and how it is let go. */
  taken?: TakenFile;
  onDrop?: () => void;
}

export function FileDrop({label, hint, onTake, taken, onDrop}: Properties): JSX.Element {
  const [wrong, setWrong] = useState('');
  const [over, setOver] = useState(false);
  const take = async (files: FileList | null | undefined): Promise<void> => {
    const file = files?.[0];
    if (file === undefined) return;
    if (files!.length > 1) return setWrong(t('file-one', {n: files!.length}));
    try {
      onTake(await takeFile(file));
      setWrong('');
    } catch (error) {
      setWrong((error as Error).message);
    }
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer?.files);
  };
  return (
    <div class={`drop${over ? ' over' : ''}`} onDrop={drop} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}>
      <PickFile label={label} onPick={(files) => void take(files)} />
      {hint === undefined ? null : <p class="hint">{hint}</p>}
      {taken === undefined || taken.name === '' ? null : (
        <p class="taken"><b><Said>{taken.name}</Said></b> <Code>{taken.size} B</Code>{taken.content === '' ? <> <span class="warning">{t('file-by-digest')}</span></> : null}
          {taken.sha256 ? <><br /><small>{t('digest')} <Code>{taken.sha256}</Code></small></> : null}
          {onDrop === undefined ? null : <> <button type="button" class="small" onClick={onDrop}>{t('remove')}</button></>}
        </p>
      )}
      <p role="alert" class="field-error">{wrong ? <Said>{wrong}</Said> : ''}</p>
    </div>
  );
}
