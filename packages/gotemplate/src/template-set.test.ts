import { describe, expect, test } from 'vitest';
import { ANY, define, FunctionError, type GoFunction, STRING, TemplateError, TemplateSet } from './index.ts';

const constant = (text: string): GoFunction => define({ params: [], result: STRING }, () => text);

describe('a set of templates', () => {
  test('templates of several texts call each other', () => {
    const set = new TemplateSet();
    set.parse('a.tpl', '<{{template "shared" .}}>');
    set.parse('_helpers.tpl', '{{define "shared"}}[{{.}}]{{end}}');
    expect(set.execute('a.tpl', 'x')).toBe('<[x]>');
  });

  test('errors name the file, the line in it, and the template', () => {
    const set = new TemplateSet();
    set.parse('_helpers.tpl', '\n{{define "shared"}}\n  {{.a.b}}{{end}}');
    expect(() => set.execute('shared', new Map([['a', 'text']]))).toThrow(
      'template: _helpers.tpl:3:6: executing "shared" at <.a.b>: can\'t evaluate field b in type interface {}',
    );
  });

  test('a template without text does not replace one', () => {
    const set = new TemplateSet();
    set.parse('a', 'text');
    set.parse('a', ' {{define "b"}}b{{end}}\n');
    expect(set.execute('a', undefined)).toBe('text');
    expect(set.execute('b', undefined)).toBe('b');
  });

  test('what is parsed once can be added to other sets', () => {
    const parsed = new TemplateSet({ functions: new Map([['who', constant('first')]]) }).parse('a', 'by {{who}}');
    const set = new TemplateSet({ functions: new Map([['who', constant('second')]]) });
    set.add(parsed);
    expect(set.execute('a', undefined)).toBe('by second');
  });

  test('a clone goes its own way', () => {
    const set = new TemplateSet({ functions: new Map([['who', constant('one')]]) });
    set.parse('a', '{{who}}');
    const clone = set.clone(new Map([['who', constant('other')]]));
    clone.parse('b', 'b');
    expect([set.execute('a', undefined), clone.execute('a', undefined)]).toEqual(['one', 'other']);
    expect([set.has('b'), clone.has('b')]).toEqual([false, true]);
    const without = set.clone(new Map(), 'a');
    expect([set.has('a'), without.has('a')]).toEqual([true, false]);
  });

  test('a function that fails is named, and its error kept', () => {
    const fails = define({ params: [], result: STRING }, () => {
      throw new FunctionError('not today');
    });
    const set = new TemplateSet({ functions: new Map([['fails', fails]]) });
    set.parse('a', '{{fails}}');
    const thrown = (() => {
      try {
        return set.execute('a', undefined);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(TemplateError);
    expect(thrown).toMatchObject({ kind: 'execute', message: 'template: a:1:2: executing "a" at <fails>: error calling fails: not today' });
    expect((thrown as TemplateError).cause).toBeInstanceOf(FunctionError);
  });

  test('a function may execute a template of another set within the same limits', () => {
    const set = new TemplateSet();
    const tpl: GoFunction = define({ params: [STRING, ANY], result: STRING }, ([text, data], { budget }) => {
      const inner = set.clone(new Map([['tpl', tpl]]));
      inner.parse('inner', text as string);
      return inner.execute('inner', data, budget);
    });
    const outer = set.clone(new Map([['tpl', tpl]]));
    outer.parse('a', '{{define "b"}}{{tpl "<{{.}}>" .}}{{end}}{{tpl "{{tpl \\"{{.}}\\" .}}!" .}}{{template "b" .}}');
    expect(outer.execute('a', 'x')).toBe('x!<x>');
    expect(() => outer.execute('a', 'x'.repeat(1000), { maxLength: 3000 })).toThrow('makes more than 3000 characters');
  });

  test('a set has a name where a template is missing', () => {
    expect(() => new TemplateSet({ name: 'gotpl' }).execute('a', undefined)).toThrow(
      'template: no template "a" associated with template "gotpl"',
    );
  });

  test('delimiters are what one likes', () => {
    const set = new TemplateSet({ delimiters: { left: '<<', right: '>>' } });
    set.parse('a', '{{ <<- 1 ->> }}<</* c */>>');
    expect(set.execute('a', undefined)).toBe('{{1}}');
  });

  test('functions named as words of the language take their place', () => {
    const set = new TemplateSet({ functions: new Map([['break', constant('b')]]) });
    set.parse('a', '{{range 1}}{{break}}{{end}}');
    expect(set.execute('a', undefined)).toBe('b');
  });
});
