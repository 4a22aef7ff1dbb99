import type { Unstructured } from '@gotk/apimachinery';
import type { SopsDocument } from '@gotk/sops';

const ANNOTATION = 'kustomize.toolkit.fluxcd.io/decrypt';
const SEALED = 'ENC[';

/** Whether a document asks to be left as it is. */
export const isExempt = ({ textAt }: SopsDocument): boolean => isDisabled(textAt('metadata', 'annotations', ANNOTATION));

/** Whether an object does, by its annotations. */
export const isExempted = (annotations: Readonly<Record<string, string>>): boolean => isDisabled(annotations[ANNOTATION]);

// A tenant's annotation may be no text at all.
const isDisabled = (value: unknown): boolean => typeof value === 'string' && value.toLowerCase() === 'disabled';

/** What objects ask for once they are built: their kustomization may have put the annotation on them. */
export interface Wishes {
  /** Encrypted values of objects that want to stay encrypted: by one of them a document is told from all others. */
  readonly sealed: ReadonlySet<string>;
  /** An object came by that wants to stay as it is and is not encrypted: it may have been. */
  readonly isUnheeded: boolean;
  look(object: Unstructured): void;
}

export function createWishes(): Wishes {
  const sealed = new Set<string>();
  let isUnheeded = false;
  return {
    sealed,
    get isUnheeded() {
      return isUnheeded;
    },
    look({ sops, ...object }) {
      if (!isExempted(object.metadata.annotations ?? {})) return;
      if (sops === undefined) isUnheeded = true;
      else for (const text of textsIn(object)) if (text.startsWith(SEALED)) sealed.add(text);
    },
  };
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* textsIn(inner);
}

/** Whether a document is one of those. */
export const isOneOf = ({ texts }: SopsDocument, sealed: ReadonlySet<string>): boolean => {
  if (sealed.size === 0) return false;
  for (const text of texts()) if (sealed.has(text)) return true;
  return false;
};

/** Whether a document says what it is though it is encrypted: it can be built as it is. */
export const isReadable = ({ textAt }: SopsDocument): boolean =>
  [textAt('kind'), textAt('metadata', 'name')].every((text) => text !== undefined && !text.startsWith(SEALED));
