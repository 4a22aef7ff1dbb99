// Writes what Go's types say of the kinds that come with Kubernetes: which fields a typed client writes although nobody has set them, and which it leaves out
// although somebody has. `go run .` writes ../../src/typed/shapes.json; the versions in go.mod are those of the API server that it is to match.
package main

import (
	"encoding"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

type shapes struct {
	// By `group/version/Kind`, the name of its type.
	Kinds map[string]string `json:"kinds"`
	// By type, what there is to know of its fields; see typed-form.ts.
	Types map[string]map[string]string `json:"types"`
}

var (
	marshaler     = reflect.TypeOf((*json.Marshaler)(nil)).Elem()
	textMarshaler = reflect.TypeOf((*encoding.TextMarshaler)(nil)).Elem()
)

func main() {
	out := shapes{Kinds: map[string]string{}, Types: map[string]map[string]string{}}
	for gvk, t := range scheme.Scheme.AllKnownTypes() {
		_, isObject := reflect.New(t).Interface().(metav1.Object)
		if gvk.Version == runtime.APIVersionInternal || strings.Contains(gvk.Version, "alpha") || !isObject {
			continue
		}
		out.Kinds[gvk.Group+"/"+gvk.Version+"/"+gvk.Kind] = nameOf(t)
		describe(t, out.Types)
		// Nobody applies it.
		delete(out.Types[nameOf(t)], "status")
	}
	prune(out)
	data, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile("../../src/typed/shapes.json", append(data, '\n'), 0o644); err != nil {
		panic(err)
	}
}

func nameOf(t reflect.Type) string {
	parts := strings.Split(strings.TrimPrefix(t.PkgPath(), "k8s.io/"), "/")
	return strings.Join(parts[max(0, len(parts)-2):], ".") + "." + t.Name()
}

func isOpaque(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t.Kind() != reflect.Struct || p.Implements(marshaler) || p.Implements(textMarshaler)
}

func describe(t reflect.Type, types map[string]map[string]string) {
	name := nameOf(t)
	if _, known := types[name]; known {
		return
	}
	fields := map[string]string{}
	types[name] = fields
	add(t, fields, types)
}

func add(t reflect.Type, fields map[string]string, types map[string]map[string]string) {
	for f := range t.Fields() {
		tag := strings.Split(f.Tag.Get("json"), ",")
		if f.Anonymous && (tag[0] == "" || slices.Contains(tag, "inline")) {
			if f.Type.Kind() == reflect.Struct {
				add(f.Type, fields, types)
			}
			continue
		}
		if tag[0] == "" || tag[0] == "-" {
			continue
		}
		omits := slices.Contains(tag, "omitempty") || slices.Contains(tag, "omitzero")
		code := codeOf(f.Type, omits, slices.Contains(tag, "omitzero"), types)
		if code != "" {
			fields[tag[0]] = code
		}
	}
}

func codeOf(t reflect.Type, omits, zero bool, types map[string]map[string]string) string {
	inner, mode := t, byte('.')
	switch {
	case t.Kind() == reflect.Pointer:
		inner, mode = t.Elem(), '?'
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		inner, mode = t.Elem(), '*'
	case t.Kind() == reflect.Map:
		inner, mode = t.Elem(), '%'
	}
	if inner.Kind() == reflect.Pointer {
		inner = inner.Elem()
	}
	name := ""
	if !isOpaque(inner) {
		describe(inner, types)
		name = nameOf(inner)
	}
	switch mode {
	case '?':
		if omits {
			return "?" + name
		}
		return "!" + name
	case '*', '%':
		if omits {
			return "-" + string(mode) + name
		}
		return "+" + string(mode) + name
	}
	if name != "" {
		return "." + name
	}
	if t.Kind() == reflect.Struct {
		// Such as a quantity: `omitempty` means nothing to a struct.
		if zero {
			return "?"
		}
		value, err := json.Marshal(reflect.New(t).Interface())
		if err != nil || string(value) == "null" {
			return "?"
		}
		return "=" + string(value)
	}
	if omits {
		return "-"
	}
	if t.Kind() == reflect.Slice {
		return "=null"
	}
	value, err := json.Marshal(reflect.New(t).Elem().Interface())
	if err != nil {
		panic(err)
	}
	return "=" + string(value)
}

// Leaves out the types that no kind leads to.
func prune(all shapes) {
	used := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if name == "" || used[name] {
			return
		}
		used[name] = true
		for _, code := range all.Types[name] {
			if !strings.HasPrefix(code, "=") {
				visit(strings.TrimLeft(code, "?!-+*%."))
			}
		}
	}
	for _, name := range all.Kinds {
		visit(name)
	}
	for name := range all.Types {
		if !used[name] {
			delete(all.Types, name)
		}
	}
}
