// Writes what zones of time are called, from the copy of the IANA database that comes with Go (lib/time/zoneinfo.zip), for src/sprig/date/zone-names.json:
//
//	go run main.go > ../../src/sprig/date/zone-names.json
//
// What offset a zone has at a time, JavaScript knows; it knows neither the short names nor what is daylight saving time. So a zone is a list of
// "NAME OFFSET [d] [since]": from then on (seconds of Unix time; always, if there is none) that offset has this name there.
package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

type localTime struct {
	offset int32
	dst    bool
	name   string
}

func main() {
	archive, err := zip.OpenReader(filepath.Join(runtime.GOROOT(), "lib/time/zoneinfo.zip"))
	must(err)
	zones := map[string][]string{}
	for _, file := range archive.File {
		// Factory is for machines that nobody has told where they are.
		if strings.HasSuffix(file.Name, "/") || file.Name == "Factory" {
			continue
		}
		reader, err := file.Open()
		must(err)
		data, err := io.ReadAll(reader)
		must(err)
		text := strings.Join(names(data), ",")
		zones[text] = append(zones[text], file.Name)
	}
	var texts []string
	for text, all := range zones {
		slices.Sort(all)
		texts = append(texts, text)
	}
	slices.Sort(texts)
	grouped := [][2]any{}
	for _, text := range texts {
		grouped = append(grouped, [2]any{text, strings.Join(zones[text], " ")})
	}
	fmt.Println("[")
	for index, group := range grouped {
		line, err := json.Marshal(group)
		must(err)
		comma := ","
		if index == len(grouped)-1 {
			comma = ""
		}
		fmt.Printf(" %s%s\n", line, comma)
	}
	fmt.Println("]")
	fmt.Fprintln(os.Stderr, "zones of", runtime.Version())
}

// names reads a file of the second version of TZif (RFC 9636): the first block is for old readers, and skipped.
func names(data []byte) []string {
	counts := func(at int) (utc, std, leap, times, types, chars int) {
		n := func(i int) int { return int(binary.BigEndian.Uint32(data[at+20+4*i:])) }
		return n(0), n(1), n(2), n(3), n(4), n(5)
	}
	utc, std, leap, times, types, chars := counts(0)
	at := 44 + times*5 + types*6 + chars + leap*8 + std + utc
	utc, std, leap, times, types, chars = counts(at)
	at += 44
	when := data[at : at+8*times]
	index := data[at+8*times : at+9*times]
	kinds := data[at+9*times : at+9*times+6*types]
	letters := data[at+9*times+6*types : at+9*times+6*types+chars]
	local := make([]localTime, types)
	for i := range local {
		name := letters[kinds[6*i+5]:]
		local[i] = localTime{int32(binary.BigEndian.Uint32(kinds[6*i:])), kinds[6*i+4] != 0, string(name[:bytes.IndexByte(name, 0)])}
	}
	var result []string
	latest := map[int32]localTime{}
	note := func(kind localTime, since string) {
		if latest[kind.offset] == kind {
			return
		}
		if _, known := latest[kind.offset]; !known {
			since = ""
		}
		latest[kind.offset] = kind
		dst := ""
		if kind.dst {
			dst = "d"
		}
		result = append(result, strings.TrimRight(fmt.Sprintf("%s %d %s %s", kind.name, kind.offset, dst, since), " "))
	}
	// Before its first change, a zone is as the first of its times.
	note(local[0], "")
	for i := range times {
		note(local[index[i]], fmt.Sprint(int64(binary.BigEndian.Uint64(when[8*i:]))))
	}
	// What comes after the last change is in a line at the end, as a rule.
	last := ""
	if times > 0 {
		last = fmt.Sprint(int64(binary.BigEndian.Uint64(when[8*(times-1):])))
	}
	for _, kind := range rule(string(data[at+9*times+6*types+chars+leap*12+std+utc:])) {
		note(kind, last)
	}
	for _, kind := range local {
		if _, known := latest[kind.offset]; !known {
			note(kind, "")
		}
	}
	return result
}

var posix = regexp.MustCompile(`^\n(<[^>]+>|[A-Za-z]+)([-+\d:]+)(?:(<[^>]+>|[A-Za-z]+)([-+\d:]*))?`)

// rule reads the names and offsets in a rule like EST5EDT,M3.2.0,M11.1.0, in which offsets are those of UTC from there.
func rule(footer string) []localTime {
	found := posix.FindStringSubmatch(footer)
	if found == nil {
		return nil
	}
	standard := -seconds(found[2])
	kinds := []localTime{{standard, false, strings.Trim(found[1], "<>")}}
	if found[3] == "" {
		return kinds
	}
	saving := standard + 3600
	if found[4] != "" {
		saving = -seconds(found[4])
	}
	return append(kinds, localTime{saving, true, strings.Trim(found[3], "<>")})
}

func seconds(text string) int32 {
	var total, unit int32 = 0, 3600
	for _, part := range strings.Split(strings.TrimLeft(text, "+-"), ":") {
		n, err := strconv.Atoi(part)
		must(err)
		total += int32(n) * unit
		unit /= 60
	}
	if strings.HasPrefix(text, "-") {
		return -total
	}
	return total
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
