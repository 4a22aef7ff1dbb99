// What Helm's own packages make of the cases that scripts/record-engine-main.ts sends, one JSON document in, one out:
//
//	node packages/helm/scripts/record-engine-main.ts
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/cli"
	"helm.sh/helm/v4/pkg/cli/values"
	"helm.sh/helm/v4/pkg/engine"
	"helm.sh/helm/v4/pkg/getter"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"helm.sh/helm/v4/pkg/storage/driver"
	"helm.sh/helm/v4/pkg/strvals"
)

type input struct {
	Sets      map[string]setCase           `json:"sets"`
	Options   map[string]optionsCase       `json:"options"`
	Charts    map[string]chartCase         `json:"charts"`
	Schemas   map[string]schemaCase        `json:"schemas"`
	Manifests map[string]map[string]string `json:"manifests"`
	Releases  map[string]releaseCase       `json:"releases"`
	Stored    map[string]string            `json:"stored"`
	Renders   map[string]renderCase        `json:"renders"`
	Installs  map[string]installCase       `json:"installs"`
}

type setCase struct {
	Flag string          `json:"flag"`
	Text string          `json:"text"`
	Base json.RawMessage `json:"base"`
}

type optionsCase struct {
	Files   map[string]string `json:"files"`
	Values  []string          `json:"values"`
	Set     []string          `json:"set"`
	String  []string          `json:"setString"`
	File    []string          `json:"setFile"`
	JSON    []string          `json:"setJson"`
	Literal []string          `json:"setLiteral"`
}

type chartCase struct {
	Files  map[string]string `json:"files"`
	Values string            `json:"values"`
}

type schemaCase struct {
	Schema string `json:"schema"`
	Values string `json:"values"`
}

type releaseCase struct {
	Chart   map[string]string `json:"chart"`
	Release json.RawMessage   `json:"release"`
	Labels  map[string]string `json:"labels"`
}

type renderCase struct {
	Files       map[string]string `json:"files"`
	Values      string            `json:"values"`
	Set         []string          `json:"set"`
	IsUpgrade   bool              `json:"isUpgrade"`
	KubeVersion string            `json:"kubeVersion"`
	APIVersions []string          `json:"apiVersions"`
}

type installCase struct {
	renderCase
	PostRender string `json:"postRender"`
	Strategy   string `json:"strategy"`
	SubNotes   bool   `json:"subNotes"`
}

type result map[string]any

func main() {
	var in input
	check(json.NewDecoder(os.Stdin).Decode(&in))
	out := result{
		"version": version(),
		"sets":    each(in.Sets, set), "options": each(in.Options, options), "charts": each(in.Charts, charts), "schemas": each(in.Schemas, schema),
		"manifests": each(in.Manifests, manifests), "releases": each(in.Releases, store), "stored": each(in.Stored, stored),
		"renders": each(in.Renders, render), "installs": each(in.Installs, install),
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	check(encoder.Encode(out))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == "helm.sh/helm/v4" {
			return dependency.Version
		}
	}
	return "unknown"
}

func each[T any](cases map[string]T, run func(T) result) map[string]result {
	results := map[string]result{}
	for name, one := range cases {
		results[name] = run(one)
	}
	return results
}

func failed(err error) result { return result{"error": err.Error()} }

// tagged tells the kinds of Go's numbers apart: what is no float64 becomes {"int64": "1"}.
func tagged(value any) any {
	switch v := value.(type) {
	case common.Values:
		return tagged(map[string]any(v))
	case map[string]any:
		all := map[string]any{}
		for key, item := range v {
			all[key] = tagged(item)
		}
		return all
	case []any:
		all := make([]any, len(v))
		for at, item := range v {
			all[at] = tagged(item)
		}
		return all
	case int64:
		return map[string]any{"int64": strconv.FormatInt(v, 10)}
	case nil, float64, string, bool:
		return v
	default:
		return fmt.Sprintf("%T", v)
	}
}

func set(one setCase) result {
	base := map[string]any{}
	if len(one.Base) > 0 {
		check(json.Unmarshal(one.Base, &base))
	}
	read := func(path []rune) (any, error) { return "contents of " + string(path), nil }
	var err error
	switch one.Flag {
	case "set":
		err = strvals.ParseInto(one.Text, base)
	case "set-string":
		err = strvals.ParseIntoString(one.Text, base)
	case "set-json":
		err = strvals.ParseJSON(one.Text, base)
	case "set-literal":
		err = strvals.ParseLiteralInto(one.Text, base)
	case "set-file":
		err = strvals.ParseIntoFile(one.Text, base, read)
	}
	if err != nil {
		return failed(err)
	}
	return result{"values": tagged(base)}
}

func options(one optionsCase) result {
	directory, err := os.MkdirTemp("", "record-engine-")
	check(err)
	defer os.RemoveAll(directory)
	for name, text := range one.Files {
		check(os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600))
	}
	check(os.Chdir(directory))
	given := values.Options{ValueFiles: one.Values, Values: one.Set, StringValues: one.String, FileValues: one.File, JSONValues: one.JSON, LiteralValues: one.Literal}
	merged, err := given.MergeValues(getter.All(cli.New()))
	if err != nil {
		return failed(err)
	}
	return result{"values": tagged(merged)}
}

func load(files map[string]string) (*chart.Chart, error) {
	buffered := []*archive.BufferedFile{}
	for name, text := range files {
		buffered = append(buffered, &archive.BufferedFile{Name: name, Data: []byte(text)})
	}
	sort.Slice(buffered, func(i, j int) bool { return buffered[i].Name < buffered[j].Name })
	return loader.LoadFiles(buffered)
}

// captured is what Helm logs while run runs, once each, sorted: much of it comes in no order.
func captured(run func()) []string {
	var text bytes.Buffer
	log.SetFlags(0)
	log.SetOutput(&text)
	drop := func(_ []string, attribute slog.Attr) slog.Attr {
		if attribute.Key == "time" || attribute.Key == "level" {
			return slog.Attr{}
		}
		return attribute
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: drop})))
	log.SetOutput(&text)
	log.SetFlags(0)
	run()
	log.SetOutput(os.Stderr)
	seen := map[string]bool{}
	lines := []string{}
	for _, line := range strings.Split(strings.TrimSpace(text.String()), "\n") {
		if line != "" && !seen[line] {
			seen[line] = true
			lines = append(lines, line)
		}
	}
	sort.Strings(lines)
	return lines
}

func tree(c *chart.Chart) any {
	children := []any{}
	for _, child := range c.Dependencies() {
		children = append(children, tree(child))
	}
	names := []string{}
	for _, dependency := range c.Metadata.Dependencies {
		names = append(names, dependency.Name)
	}
	return result{"name": c.Name(), "required": names, "charts": children}
}

func charts(one chartCase) (out result) {
	out = result{}
	loaded, err := load(one.Files)
	if err != nil {
		return failed(err)
	}
	given, err := loader.LoadValues(strings.NewReader(one.Values))
	check(err)
	warnings := captured(func() {
		if err = chartutil.ProcessDependencies(loaded, given); err != nil {
			out["error"] = err.Error()
			return
		}
		out["tree"] = tree(loaded)
		coalesced, err := util.CoalesceValues(loaded, given)
		if err != nil {
			out["error"] = err.Error()
			return
		}
		out["values"] = tagged(coalesced)
		if err = util.ValidateAgainstSchema(loaded, coalesced); err != nil {
			out["invalid"] = err.Error()
		}
		crds := []any{}
		for _, crd := range loaded.CRDObjects() {
			crds = append(crds, result{"name": crd.Name, "filename": crd.Filename, "data": string(crd.File.Data)})
		}
		out["crds"] = crds
	})
	out["warnings"] = warnings
	return out
}

func schema(one schemaCase) result {
	given, err := loader.LoadValues(strings.NewReader(one.Values))
	check(err)
	out := result{"valid": true}
	captured(func() {
		if err := util.ValidateAgainstSingleSchema(given, []byte(one.Schema)); err != nil {
			out = failed(err)
		}
	})
	return out
}

func manifests(files map[string]string) result {
	out := result{}
	for name, order := range map[string]releaseutil.KindSortOrder{"install": releaseutil.InstallOrder, "uninstall": releaseutil.UninstallOrder} {
		captured(func() {
			hooks, sorted, err := releaseutil.SortManifests(files, nil, order)
			if err != nil {
				out["error"] = err.Error()
				return
			}
			plain := []any{}
			for _, manifest := range sorted {
				plain = append(plain, result{"path": manifest.Name, "content": manifest.Content, "kind": manifest.Head.Kind})
			}
			out[name] = result{"hooks": hooks, "manifests": plain}
		})
	}
	return out
}

// store is what the Secrets driver stores of a release, and what of it is read again.
func store(one releaseCase) result {
	var stored release.Release
	check(json.Unmarshal(one.Release, &stored))
	if one.Chart != nil {
		loaded, err := load(one.Chart)
		check(err)
		stored.Chart = loaded
	}
	stored.Labels = one.Labels
	client := fake.NewClientset().CoreV1().Secrets("default")
	key := fmt.Sprintf("sh.helm.release.v1.%s.v%d", stored.Name, stored.Version)
	if err := driver.NewSecrets(client).Create(key, &stored); err != nil {
		return failed(err)
	}
	secret, err := client.Get(context.Background(), key, metav1.GetOptions{})
	check(err)
	delete(secret.Labels, "createdAt")
	text, err := json.Marshal(stored)
	check(err)
	return result{"name": secret.Name, "labels": secret.Labels, "type": secret.Type, "data": string(secret.Data["release"]), "json": string(text)}
}

// stored is what the Secrets driver reads of what somebody else stored.
func stored(data string) result {
	secret := &v1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "key", Namespace: "default"}, Data: map[string][]byte{"release": []byte(data)}}
	read, err := driver.NewSecrets(fake.NewClientset(secret).CoreV1().Secrets("default")).Get("key")
	if err != nil {
		return failed(err)
	}
	text, err := json.Marshal(read)
	check(err)
	return result{"json": string(text)}
}

// render is what the templates of a chart print, or the error.
func render(one renderCase) (out result) {
	loaded, err := load(one.Files)
	if err != nil {
		return failed(err)
	}
	given, err := loader.LoadValues(strings.NewReader(one.Values))
	check(err)
	for _, text := range one.Set {
		check(strvals.ParseInto(text, given))
	}
	capabilities := common.DefaultCapabilities.Copy()
	if one.KubeVersion != "" {
		kubeVersion, err := common.ParseKubeVersion(one.KubeVersion)
		if err != nil {
			return failed(err)
		}
		capabilities.KubeVersion = *kubeVersion
	}
	capabilities.APIVersions = append(capabilities.APIVersions, one.APIVersions...)
	captured(func() {
		if err := chartutil.ProcessDependencies(loaded, given); err != nil {
			out = failed(err)
			return
		}
		release := common.ReleaseOptions{Name: "rel", Namespace: "ns", Revision: 1, IsUpgrade: one.IsUpgrade, IsInstall: !one.IsUpgrade}
		values, err := util.ToRenderValues(loaded, given, release, capabilities)
		if err != nil {
			out = failed(err)
			return
		}
		files, err := engine.Render(loaded, values)
		if err != nil {
			out = failed(err)
			return
		}
		out = result{"files": files}
	})
	return out
}

// postRenderer does what a case asks for: nothing, replaces, or adds a document.
type postRenderer string

func (how postRenderer) Run(manifests *bytes.Buffer) (*bytes.Buffer, error) {
	text := manifests.String()
	switch how {
	case "keep":
	case "rename":
		text = strings.ReplaceAll(text, "name: a", "name: changed")
	case "add":
		text += "---\nkind: ConfigMap\nmetadata:\n  name: new\n"
	case "drop":
		text = "kind: ConfigMap\nmetadata:\n  name: only\n"
	case "show":
		text = "kind: ConfigMap\nmetadata:\n  name: shown\ndata:\n  text: " + strconv.Quote(text) + "\n"
	case "break":
		text = "a: [\n"
	case "fail":
		return nil, errors.New("it failed")
	}
	return bytes.NewBufferString(text), nil
}

// install is what a release of a chart consists of.
func install(one installCase) (out result) {
	loaded, err := load(one.Files)
	if err != nil {
		return failed(err)
	}
	given, err := loader.LoadValues(strings.NewReader(one.Values))
	check(err)
	client := action.NewInstall(action.NewConfiguration())
	client.DryRunStrategy = action.DryRunClient
	client.ReleaseName = "rel"
	client.Namespace = "ns"
	client.Replace = true
	client.IsUpgrade = one.IsUpgrade
	client.SubNotes = one.SubNotes
	if one.PostRender != "" {
		client.PostRenderer = postRenderer(one.PostRender)
	}
	if one.Strategy != "" {
		client.PostRenderStrategy = action.PostRenderStrategy(one.Strategy)
	}
	captured(func() {
		made, err := client.Run(loaded, given)
		if err != nil {
			out = failed(err)
			return
		}
		rel := made.(*release.Release)
		hooks := []any{}
		for _, hook := range rel.Hooks {
			hooks = append(hooks, result{"path": hook.Path, "manifest": hook.Manifest})
		}
		out = result{"manifest": rel.Manifest, "hooks": hooks, "notes": rel.Info.Notes}
	})
	return out
}
