// Measures the real Helm within one process: a chart is read from a directory and kept in memory.
//
//	helm-oracle <directory> <file of values> <rounds> <file for what is rendered>
//
// A round reads the chart's files anew, and makes a release of it as `helm install --dry-run=client` does. There are fewer rounds if they take long, and one at
// least.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"syscall"
	"time"

	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	release "helm.sh/helm/v4/pkg/release/v1"
)

const enough = 20 * time.Second

type report struct {
	WallMs  []float64 `json:"wallMs"`
	CPUMs   []float64 `json:"cpuMs"`
	PeakMiB float64   `json:"peakMiB"`
}

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(directory, valuesFile, roundsText, output string) error {
	rounds, err := strconv.Atoi(roundsText)
	if err != nil {
		return err
	}
	files, err := filesOf(directory)
	if err != nil {
		return err
	}
	var result report
	begin := time.Now()
	for round := 0; round < rounds && (round == 0 || time.Since(begin) < enough); round++ {
		before, err := usage()
		if err != nil {
			return err
		}
		start := time.Now()
		text, err := render(files, valuesFile)
		if err != nil {
			return err
		}
		wall := time.Since(start)
		after, err := usage()
		if err != nil {
			return err
		}
		result.WallMs = append(result.WallMs, milliseconds(wall))
		result.CPUMs = append(result.CPUMs, milliseconds(cpu(after)-cpu(before)))
		if err := os.WriteFile(output, []byte(text), 0o600); err != nil {
			return err
		}
	}
	end, err := usage()
	if err != nil {
		return err
	}
	result.PeakMiB = float64(end.Maxrss) / 1024
	return json.NewEncoder(os.Stdout).Encode(result)
}

func render(files []*archive.BufferedFile, valuesFile string) (string, error) {
	chart, err := loader.LoadFiles(files)
	if err != nil {
		return "", err
	}
	reader, err := os.Open(valuesFile)
	if err != nil {
		return "", err
	}
	defer reader.Close()
	given, err := loader.LoadValues(reader)
	if err != nil {
		return "", err
	}
	client := action.NewInstall(action.NewConfiguration())
	client.DryRunStrategy = action.DryRunClient
	client.ReleaseName = "rel"
	client.Namespace = "ns"
	client.Replace = true
	made, err := client.Run(chart, given)
	if err != nil {
		return "", err
	}
	return made.(*release.Release).Manifest, nil
}

func filesOf(directory string) ([]*archive.BufferedFile, error) {
	var files []*archive.BufferedFile
	root := os.DirFS(directory)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, path)
		files = append(files, &archive.BufferedFile{Name: path, Data: data})
		return err
	})
	return files, err
}

func usage() (syscall.Rusage, error) {
	var used syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return used, err
}

func cpu(used syscall.Rusage) time.Duration {
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func milliseconds(d time.Duration) float64 {
	return float64(d) / float64(time.Millisecond)
}
