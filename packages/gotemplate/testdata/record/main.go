// Renders templates with Go's own text/template: reads {"cases": [{"template", "data", "missingKey", "functions"}]} from stdin and writes the same cases with
// what each of them "expands" to or why it "fails", and the versions of Go and Sprig. Functions are those below, or "sprig". Run with: go run . < ../cases.json
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
)

type testCase struct {
	Template   string          `json:"template"`
	Data       json.RawMessage `json:"data,omitempty"`
	MissingKey string          `json:"missingKey,omitempty"`
	Functions  string          `json:"functions,omitempty"`
	Expands    *string         `json:"expands,omitempty"`
	Fails      *string         `json:"fails,omitempty"`
}

type document struct {
	Go    string   `json:"go"`
	Sprig string   `json:"sprig"`
	Names []string `json:"names"`
	// Data is for cases that bring none.
	Data  json.RawMessage `json:"data,omitempty"`
	Cases []*testCase     `json:"cases"`
}

// Words and Numbers are what named types look like.
type Words []string

func (w Words) Has(word string) bool {
	for _, each := range w {
		if each == word {
			return true
		}
	}
	return false
}

type Values map[string]any

func (v Values) Keys() int { return len(v) }

type Label string

func (l Label) String() string { return "<" + string(l) + ">" }

type Person struct {
	Name   string
	Age    int
	Tags   []string
	Extra  any
	Friend *Person
}

func (p Person) Greet(greeting string, times ...int) string {
	return greeting + " " + p.Name + fmt.Sprint(times)
}
func (p Person) Fails() (string, error) { return "", errors.New("cannot do this") }
func (p Person) Self() Person           { return p }

type Point struct{ X, Y int }

func (p Point) String() string { return fmt.Sprintf("(%d;%d)", p.X, p.Y) }

// value turns typed JSON into values of Go: {"$": type, "value": …} for what JSON has no type for.
func value(raw json.RawMessage) any {
	var plain any
	if json.Unmarshal(raw, &plain) != nil {
		panic(string(raw))
	}
	switch plain.(type) {
	case map[string]any:
		var fields map[string]json.RawMessage
		must(json.Unmarshal(raw, &fields))
		if kind, ok := fields["$"]; ok {
			var name string
			must(json.Unmarshal(kind, &name))
			return typed(name, fields["value"])
		}
		all := map[string]any{}
		for key, each := range fields {
			all[key] = value(each)
		}
		return all
	case []any:
		var elements []json.RawMessage
		must(json.Unmarshal(raw, &elements))
		all := make([]any, len(elements))
		for index, each := range elements {
			all[index] = value(each)
		}
		return all
	}
	return plain
}

func typed(name string, raw json.RawMessage) any {
	integer := func() int64 {
		var text string
		must(json.Unmarshal(raw, &text))
		n, err := strconv.ParseInt(text, 10, 64)
		must(err)
		return n
	}
	switch name {
	case "int":
		return int(integer())
	case "int8":
		return int8(integer())
	case "int32":
		return int32(integer())
	case "int64":
		return integer()
	case "uint":
		return uint(integer())
	case "uint8":
		return uint8(integer())
	case "uint64":
		var text string
		must(json.Unmarshal(raw, &text))
		n, err := strconv.ParseUint(text, 10, 64)
		must(err)
		return n
	case "float32":
		var f float32
		must(json.Unmarshal(raw, &f))
		return f
	case "float64":
		var text string
		must(json.Unmarshal(raw, &text))
		f, err := strconv.ParseFloat(text, 64)
		must(err)
		return f
	case "bytes":
		var text string
		must(json.Unmarshal(raw, &text))
		return []byte(text)
	case "[]string":
		return decoded[[]string](raw)
	case "[]int":
		return decoded[[]int](raw)
	case "[]float64":
		return decoded[[]float64](raw)
	case "[]map[string]interface {}":
		return decoded[[]map[string]any](raw)
	case "map[string]interface {}":
		return decoded[map[string]any](raw)
	case "[]interface {}":
		return decoded[[]any](raw)
	case "map[string]string":
		return decoded[map[string]string](raw)
	case "map[string]int":
		return decoded[map[string]int](raw)
	case "map[int]string":
		return decoded[map[int]string](raw)
	case "map[bool]string":
		return map[bool]string{true: "yes", false: "no"}
	case "map[interface {}]interface {}":
		return map[any]any{"a": 1.5, "b": "x"}
	case "main.Words":
		return decoded[Words](raw)
	case "main.Values":
		return Values(value(raw).(map[string]any))
	case "main.Label":
		return decoded[Label](raw)
	case "main.Person":
		return decoded[Person](raw)
	case "*main.Person":
		return decoded[*Person](raw)
	case "main.Point":
		return decoded[Point](raw)
	case "time.Duration":
		return time.Duration(integer())
	case "func":
		return func(a string, n int) string { return a + strconv.Itoa(n) }
	case "funcVariadic":
		return func(first string, rest ...any) (any, error) {
			if first == "fail" {
				return nil, errors.New("told to fail")
			}
			return len(rest), nil
		}
	case "seq":
		return iter.Seq[int](func(yield func(int) bool) {
			for n := range 3 {
				if !yield(n * 10) {
					return
				}
			}
		})
	case "seq2":
		return iter.Seq2[string, int](func(yield func(string, int) bool) {
			for n := range 3 {
				if !yield("k"+strconv.Itoa(n), n*10) {
					return
				}
			}
		})
	}
	panic("no type " + name)
}

func decoded[T any](raw json.RawMessage) T {
	var result T
	must(json.Unmarshal(raw, &result))
	return result
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

var functions = template.FuncMap{
	"upper":    strings.ToUpper,
	"join":     func(sep string, parts []string) string { return strings.Join(parts, sep) },
	"list":     func(all ...any) []any { return all },
	"dict":     func(all ...any) map[string]any { return pairs(all) },
	"echo":     func(v any) any { return v },
	"text":     func(s string) string { return s },
	"int":      func(i int) int { return i },
	"int64":    func(i int64) int64 { return i },
	"uint":     func(u uint) uint { return u },
	"byte":     func(u uint8) uint8 { return u },
	"float":    func(f float64) float64 { return f },
	"truth":    func(b bool) bool { return b },
	"keys":     func(m map[string]any) int { return len(m) },
	"strings":  func(s []string) int { return len(s) },
	"many":     func(first string, rest ...int) string { return first + fmt.Sprint(rest) },
	"fail":     func(message string) (string, error) { return "", errors.New(message) },
	"nilAny":   func() any { return nil },
	"nilMap":   func() map[string]any { return nil },
	"person":   func(p *Person) string { return p.Name },
	"duration": func(d time.Duration) string { return strconv.Itoa(int(d)) },
	"kind":     func(v any) string { return fmt.Sprintf("%T", v) },
}

var functionSets = map[string]template.FuncMap{"": functions, "sprig": sprigFunctions()}

func pairs(all []any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(all); i += 2 {
		m[fmt.Sprint(all[i])] = all[i+1]
	}
	return m
}

func render(c *testCase) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("PANIC %v", r)
		}
	}()
	t := template.New("t").Funcs(functionSets[c.Functions])
	if c.MissingKey != "" {
		t.Option("missingkey=" + c.MissingKey)
	}
	if t, err = t.Parse(c.Template); err != nil {
		return "", err
	}
	var data any
	if c.Data != nil {
		data = value(c.Data)
	}
	var b limited
	err = t.Execute(&b, data)
	return b.String(), err
}

// renderInTime gives up on what never ends, and leaves it behind.
func renderInTime(c *testCase) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := render(c)
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-time.After(5 * time.Second):
		return "", errors.New("PANIC takes too long")
	}
}

// limited ends what prints without end.
type limited struct{ strings.Builder }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len() > 1<<20 {
		return 0, errors.New("PANIC too long")
	}
	return l.Builder.Write(p)
}

func main() {
	var all document
	must(json.NewDecoder(os.Stdin).Decode(&all))
	all.Go = runtime.Version()
	all.Sprig = sprigVersion()
	all.Names = slices.Sorted(maps.Keys(functionSets["sprig"]))
	for _, c := range all.Cases {
		c.Expands, c.Fails = nil, nil
		if c.Data == nil {
			c.Data = all.Data
		}
		if text, err := renderInTime(c); err != nil {
			message := err.Error()
			c.Fails = &message
		} else {
			c.Expands = &text
		}
	}
	for _, c := range all.Cases {
		c.Data = nil
	}
	all.Data = nil
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	must(out.Encode(all))
}
