/** Why an object should run, as far as the queue cares: a person's change goes before a new revision, that before a periodic look. */
export type Priority = 'urgent' | 'normal' | 'background';
