import { latest, type ManagedFieldsEntry } from '@gotk/apimachinery';

/** What was seen of an object that has moved away from what was applied. */
export interface Move {
  readonly kind: 'changed' | 'deleted';
  /** Who managed what of it then; undefined where that is not known, or too much to keep. */
  readonly managedFields: readonly ManagedFieldsEntry[] | undefined;
}

/** The latest moves that nobody has put right yet, by object id. */
export interface Moves {
  note(id: string, move: Move): void;
  has(id: string): boolean;
  /** Hands a move over to whoever puts it right. */
  take(id: string): Move | undefined;
}

/** Beyond these, what has moved is put right without being told of field by field. */
const MAX_MOVES = 1_000;
const MAX_CHARACTERS = 65_536;

export function createMoves(): Moves {
  const moves = latest<string, Move>(MAX_MOVES);
  return {
    note(id, { kind, managedFields }) {
      const isTooMuch = JSON.stringify(managedFields ?? []).length > MAX_CHARACTERS;
      // One that was deleted, and made anew by somebody, was deleted.
      moves.set(id, { kind: moves.get(id)?.kind === 'deleted' ? 'deleted' : kind, managedFields: isTooMuch ? undefined : managedFields });
    },
    has: (id) => moves.get(id) !== undefined,
    take(id) {
      const move = moves.get(id);
      moves.delete(id);
      return move;
    },
  };
}
