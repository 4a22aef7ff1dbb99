import { expect, test } from 'vitest';
import { define, type GoFunction, STRING, TemplateError, TemplateSet } from './index.ts';

// In a file of its own: what a thread has compiled before needs less of its stack.
test('a text that is executed within itself, each time in a set of its own, ends at a limit, wherever the stack ends', () => {
  const tpl = (parent: () => TemplateSet): GoFunction =>
    define({ params: [STRING], result: STRING }, ([text], { budget }) => {
      const set: TemplateSet = parent().clone(new Map([['tpl', tpl(() => set)]]));
      set.parse('t', String(text));
      return set.execute('t', text, budget);
    });
  const outer: TemplateSet = new TemplateSet({ functions: new Map([['tpl', tpl(() => outer)]]) });
  outer.parse('t', '{{tpl .}}');
  const below = (frames: number): string => (frames === 0 ? outer.execute('t', '{{tpl .}}') : below(frames - 1));
  for (let frames = 0; frames < 20; frames += 1) expect(() => below(frames)).toThrow(TemplateError);
});
