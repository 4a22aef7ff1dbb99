// Measures the real kustomize within one process: the tree is read from standard input, as JSON from path to text, and held in memory.
//
//	kustomize-oracle <directory> <rounds> <file for the YAML>
//
// There are fewer rounds if they take long, and one at least.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const enough = 20 * time.Second

type report struct {
	BuildMs    []float64 `json:"buildMs"`
	BuildCPUMs []float64 `json:"buildCpuMs"`
	PrintMs    []float64 `json:"printMs"`
	PeakMiB    float64   `json:"peakMiB"`
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(directory, roundsText, output string) error {
	rounds, err := strconv.Atoi(roundsText)
	if err != nil {
		return err
	}
	var files map[string]string
	if err := json.NewDecoder(os.Stdin).Decode(&files); err != nil {
		return err
	}
	fSys := filesys.MakeFsInMemory()
	for path, text := range files {
		if err := fSys.WriteFile("/"+path, []byte(text)); err != nil {
			return err
		}
	}

	var result report
	begin := time.Now()
	for round := 0; round < rounds && (round == 0 || time.Since(begin) < enough); round++ {
		before, err := usage()
		if err != nil {
			return err
		}
		start := time.Now()
		built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fSys, "/"+directory)
		if err != nil {
			return err
		}
		done := time.Now()
		after, err := usage()
		if err != nil {
			return err
		}
		yaml, err := built.AsYaml()
		if err != nil {
			return err
		}
		result.BuildMs = append(result.BuildMs, milliseconds(done.Sub(start)))
		result.BuildCPUMs = append(result.BuildCPUMs, milliseconds(cpu(after)-cpu(before)))
		result.PrintMs = append(result.PrintMs, milliseconds(time.Since(done)))
		if err := os.WriteFile(output, yaml, 0o600); err != nil {
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
