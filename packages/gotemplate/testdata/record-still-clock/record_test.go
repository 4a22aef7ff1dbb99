// Executes templates with Sprig's own functions at midnight of 2000-01-01, UTC: reads {"data", "templates"} from the file that IN names and writes what each of
// them "expands" to, or why it "fails", to the one that OUT names. It is a test, as only tests have clocks that stand still. TZ is the local zone. Run with:
// scripts/record-dates-main.ts
package record

import (
	"encoding/json"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"text/template"
	"time"
	_ "time/tzdata"

	"github.com/Masterminds/sprig/v3"
)

type document struct {
	Data      map[string]json.RawMessage `json:"data"`
	Templates []string                   `json:"templates"`
}

type outcome struct {
	Expands *string `json:"expands,omitempty"`
	Fails   *string `json:"fails,omitempty"`
}

func TestRecord(t *testing.T) {
	raw, err := os.ReadFile(os.Getenv("IN"))
	must(err)
	var given document
	must(json.Unmarshal(raw, &given))
	data := map[string]any{}
	for key, each := range given.Data {
		data[key] = value(each)
	}
	result := struct {
		Go       string    `json:"go"`
		Outcomes []outcome `json:"outcomes"`
	}{Go: runtime.Version()}
	synctest.Test(t, func(t *testing.T) {
		for _, text := range given.Templates {
			result.Outcomes = append(result.Outcomes, render(text, data))
		}
	})
	out, err := os.Create(os.Getenv("OUT"))
	must(err)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	must(encoder.Encode(result))
	must(out.Close())
}

func render(text string, data any) outcome {
	parsed, err := template.New("t").Funcs(sprig.TxtFuncMap()).Parse(text)
	var expanded strings.Builder
	if err == nil {
		err = parsed.Execute(&expanded, data)
	}
	if err != nil {
		message := err.Error()
		return outcome{Fails: &message}
	}
	result := expanded.String()
	return outcome{Expands: &result}
}

// value turns typed JSON into values of Go: {"$": type, "value": …} for what JSON has no type for.
func value(raw json.RawMessage) any {
	var typed struct {
		Type  string `json:"$"`
		Value string `json:"value"`
	}
	if json.Unmarshal(raw, &typed) != nil || typed.Type == "" {
		var plain any
		must(json.Unmarshal(raw, &plain))
		return plain
	}
	switch typed.Type {
	case "time.Time", "*time.Time":
		at, err := time.Parse(time.RFC3339Nano, typed.Value)
		must(err)
		if typed.Type == "time.Time" {
			return at
		}
		return &at
	case "uint64":
		n, err := strconv.ParseUint(typed.Value, 10, 64)
		must(err)
		return n
	}
	n, err := strconv.ParseInt(typed.Value, 10, 64)
	must(err)
	switch typed.Type {
	case "int":
		return int(n)
	case "int32":
		return int32(n)
	case "int64":
		return n
	case "time.Duration":
		return time.Duration(n)
	}
	panic("no type " + typed.Type)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
