// Records which versions Masterminds' semver (which Flux and Helm use) lets a range allow:
//
//	cd packages/apimachinery/testdata/record-semver && go run . > ../semver-ranges.json
package main

import (
	"encoding/json"
	"os"

	"github.com/Masterminds/semver/v3"
)

var versions = []string{
	"0.0.0", "0.0.1", "0.0.3", "0.1.0", "0.1.5", "0.2.0", "0.2.3", "0.2.4", "0.3.0", "1.0.0-alpha", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.0-beta.2",
	"1.1.0", "1.1.1", "1.2.0", "1.2.3-rc.1", "1.2.3", "1.2.4", "1.9.9", "1.10.0", "2.0.0-0", "2.0.0-rc.1", "2.0.0", "2.0.1", "2.1.0-alpha.1", "2.1.0",
	"3.0.0", "3.1.4", "6.1.0-rc.1", "6.1.0", "6.1.5", "6.1.6-beta.1", "6.2.0", "11.0.0", "11.1.0", "12.0.0", "2025.2.3", "1.2.3+build.1",
}

var bases = []string{
	"*", "x", "X", "0", "1", "2", "6", "11", "0.0", "0.1", "0.2", "1.0", "1.1", "1.2", "6.1", "11.1", "0.0.0", "0.0.3", "0.1.0", "0.2.3", "1.0.0", "1.1.0", "1.2.3",
	"2.0.0", "6.1.0", "1.x", "1.X", "1.*", "1.1.x", "1.x.x", "0.x", "0.2.x", "*-0", "x-0", "1.x-0", "6.x-0", "6.1.x-0", "1.0.0-0", "1.0.0-rc.1", "2.0.0-0", "2-0", "6.1-0",
	"v1", "v1.2", "v1.2.3", "v6.1.x-0", "2025.02", "1.2.3+build.1", "1.2.3+other", "01.2.3",
}

var operators = []string{"", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"}

var others = []string{
	"", " ", "1.0.0 - 2.0.0", "1 - 2", "1.1 - 1.2.3", "1.x - 2.x", "1.0.0-0 - 2.0.0", "1.0.0-rc.1 - 1.2.3", "1.0.0 -2.0.0", "1.0.0- 2.0.0",
	">=1.0.0 <2.0.0", ">=1.0.0, <2.0.0", ">=1.0.0,<2.0.0", ">=1.0.0 , <2.0.0", ">=1.0.0<2.0.0", ">= 1.0.0 < 2.0.0", ">=1.0.0-0 <2.0.0", ">=1 <1.2 || >2",
	"^1 || ^2", "^1||^2", "1 || 2-0", "|| 1", "1 ||", "1 || ", "!=1.2.3 ^1", "!=1.x >1", "!=1.2.x, ^1", "!=1.2.x-0, ^1-0", ">1.0.0-0", "> 1.0.0-rc.1, < 1.1.0", "~1.2.3-rc.1",
	"^0.0.3 || ^0.2.3", "^1.2.3-0", "=1.2.3-rc.1", "1.2.3-rc.1", ">=1,", ",>=1", ">=", "not a range", "1.0.0 &&", "1.2.3.4", "1.2.3 1.2.3", "1.2.3,,1.2.3", ">=1.0.0 ,, <2", "1xx", "1.|", "=v1.2.3",
	"== 1.2.3", "! 1.2.3", "!=  1.2.3", "\t>=1.0.0\t<2.0.0", "~>1.2, !=1.2.3", "<1.0.0-rc.1", "<=1.0.0-rc.1", "<=1.0.0-0 || 2", ">0.0.0-0", ">=0-0", "latest", "v", "^", "1.0.0-", "1.0.0+",
}

type record struct {
	Range   string   `json:"range"`
	Invalid bool     `json:"invalid,omitempty"`
	Allowed []string `json:"allowed,omitempty"`
}

func main() {
	ranges := append([]string{}, others...)
	for _, operator := range operators {
		for _, base := range bases {
			ranges = append(ranges, operator+base)
		}
	}
	records := []record{}
	for _, text := range ranges {
		constraint, err := semver.NewConstraint(text)
		if err != nil {
			records = append(records, record{Range: text, Invalid: true})
			continue
		}
		allowed := []string{}
		for _, version := range versions {
			if constraint.Check(semver.MustParse(version)) {
				allowed = append(allowed, version)
			}
		}
		records = append(records, record{Range: text, Allowed: allowed})
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"program": "github.com/Masterminds/semver/v3 v3.5.0", "versions": versions, "ranges": records}); err != nil {
		panic(err)
	}
}
