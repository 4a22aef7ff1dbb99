package main

import (
	"runtime/debug"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// sprigFunctions are Sprig's as Helm has them, without asking for DNS.
func sprigFunctions() template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	all["getHostByName"] = func(string) string { return "" }
	return all
}

func sprigVersion() string {
	info, _ := debug.ReadBuildInfo()
	for _, each := range info.Deps {
		if each.Path == "github.com/Masterminds/sprig/v3" {
			return each.Version
		}
	}
	return "?"
}
