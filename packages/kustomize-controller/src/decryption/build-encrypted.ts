import type { Unstructured } from '@gotk/apimachinery';
import type { FileTree } from '@gotk/kustomize';
import { type BuildTree, type Built, buildTree } from '../kustomization/build-tree.ts';
import { decryptingTree, type LeftAsIs } from './decrypting-tree.ts';
import { createWishes, type Wishes } from './exempt.ts';
import { createKeyRing, type DataKeys, type KeyRing, type Lock } from './key-ring.ts';
import { secretTextsOf } from './secret-texts.ts';
import { withOpenValues } from './secret-values.ts';

export interface BuildEncrypted extends BuildTree {
  readonly dataKeys: DataKeys;
}

/** Files whose data keys have to be had first. */
export interface Locked {
  readonly locks: readonly Lock[];
}

/** A build that failed with files decrypted: what it says may quote them. */
export interface Failure extends Pick<Built, 'secretTexts'> {
  readonly failure: { readonly name: string; readonly message: string };
}

/**
 * Builds a directory whose files may be encrypted. As long as keys are missing it says which: it reads as far as it gets without them, so
 * that few rounds find all. Nothing is written anywhere. Throws `BuildError` as long as nothing was decrypted.
 */
export function buildEncrypted(options: BuildEncrypted): Built | Locked | Failure {
  const first = attempt(options, { sealed: new Set(), isSurvey: false });
  if ('error' in first) return outcomeOf(first);
  // Whether an object wants to stay encrypted shows when it is built, and by then it may have been decrypted.
  const survey = first.wishes.isUnheeded ? attempt(options, { sealed: first.wishes.sealed, isSurvey: true }) : first;
  if ('error' in survey) return outcomeOf(survey);
  const sealed = new Set([...first.wishes.sealed, ...survey.wishes.sealed]);
  return outcomeOf(sealed.size === 0 ? first : attempt(options, { sealed, isSurvey: false }));
}

interface Attempt {
  readonly ring: KeyRing;
  readonly wishes: Wishes;
}

type Attempted = Attempt & ({ readonly built: Built } | { readonly error: unknown });

function attempt({ dataKeys, ...options }: BuildEncrypted, left: LeftAsIs): Attempted {
  const ring = createKeyRing(dataKeys);
  const wishes = createWishes();
  const reading = {
    decrypted: (tree: FileTree) => decryptingTree(tree, ring, left),
    opened: (object: Unstructured) => {
      wishes.look(object);
      return withOpenValues(object, ring);
    },
    secretTexts: (objects: readonly Unstructured[]) => secretTextsOf(objects, ring.revealed),
  };
  try {
    return { ring, wishes, built: buildTree(options, reading) };
  } catch (error) {
    return { ring, wishes, error };
  }
}

function outcomeOf(attempted: Attempted): Built | Locked | Failure {
  const { missing, revealed } = attempted.ring;
  // With ciphertext in the place of a file whatever else is wrong may be a consequence.
  if (missing.length > 0) return { locks: missing };
  if ('built' in attempted) return attempted.built;
  const { error } = attempted;
  if (revealed.size === 0 || !(error instanceof Error)) throw error;
  return { failure: { name: error.name, message: error.message }, secretTexts: secretTextsOf([], revealed) };
}
