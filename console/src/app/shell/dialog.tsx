/** A native modal dialog: focus stays in it and comes back afterwards. */

import type {ComponentChildren, JSX} from 'preact';
import {useLayoutEffect, useRef} from 'preact/hooks';

interface Properties {
  label: string;
  className?: string;
  onClose?: () => void;
  children: ComponentChildren;
}

export function Dialog({label, className, onClose, children}: Properties): JSX.Element {
  const at = useRef<HTMLDialogElement>(null);
  // before the next key arrives: it belongs to the dialog
  useLayoutEffect(() => {
    const dialog = at.current!;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  const cancel = (event: Event): void => {
    event.preventDefault();
    onClose?.();
  };
  return <dialog ref={at} class={className} aria-label={label} onCancel={cancel}>{children}</dialog>;
}
