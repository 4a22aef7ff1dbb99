import { redact } from './redact.ts';
import { createSecretMask, type SecretMask, type ShrinkingMask } from './secret-mask.ts';

export interface SecretMasksOptions {
  /** How many values are remembered for a namespace; 10,000. */
  readonly maxValues?: number;
  /** How long all values may be together, in all the forms that are looked for, in characters; 16 Mi. */
  readonly maxCharacters?: number;
}

/** A mask for each namespace. */
export interface SecretMasks {
  /**
   * The mask for texts about objects of a namespace, which knows what was learned for it and nothing else: objects refer to Secrets beside
   * them, and whoever fills Secrets with everyday words blanks nobody else's messages.
   */
  of(namespace: string): SecretMask;
}

/**
 * When there is more to remember than there may be, the namespace that takes up most forgets: none can make another's Secrets be forgotten.
 */
export function createSecretMasks({ maxValues = 10_000, maxCharacters = 16 * 1024 * 1024 }: SecretMasksOptions = {}): SecretMasks {
  const masks = new Map<string, ShrinkingMask>();
  let characters = 0;

  const learn = (namespace: string, teach: (mask: ShrinkingMask) => void): void => {
    const mask = masks.get(namespace) ?? createSecretMask({ maxValues, maxCharacters });
    const before = mask.characters;
    teach(mask);
    if (mask.size > 0) masks.set(namespace, mask);
    characters += mask.characters - before;
    while (characters > maxCharacters) shrink();
  };
  const shrink = (): void => {
    let [largest] = masks;
    for (const entry of masks) if (largest === undefined || entry[1].characters > largest[1].characters) largest = entry;
    if (largest === undefined) return;
    const [namespace, mask] = largest;
    const before = mask.characters;
    mask.forgetOldest();
    characters -= before - mask.characters;
    if (mask.size === 0) masks.delete(namespace);
  };

  return {
    of: (namespace) => ({
      learn: (value) => learn(namespace, (mask) => mask.learn(value)),
      hide: (text) => learn(namespace, (mask) => mask.hide(text)),
      learnSecret: (secret) => learn(namespace, (mask) => mask.learnSecret(secret)),
      mask: (text) => masks.get(namespace)?.mask(text) ?? text,
      redact: (text) => masks.get(namespace)?.redact(text) ?? redact(text),
      get size() {
        return masks.get(namespace)?.size ?? 0;
      },
    }),
  };
}
