// Writes a tar as an eStargz or zstd:chunked layer with the libraries that made the formats, and prints the
// annotations of its descriptor: go run . estargz|zstd IN.tar OUT
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/containerd/stargz-snapshotter/estargz"
	"github.com/containers/storage/pkg/chunked/compressor"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	kind, from, to := os.Args[1], os.Args[2], os.Args[3]
	in, err := os.Open(from)
	must(err)
	out, err := os.Create(to)
	must(err)
	annotations := map[string]string{}
	if kind == "estargz" {
		stat, err := in.Stat()
		must(err)
		blob, err := estargz.Build(io.NewSectionReader(in, 0, stat.Size()))
		must(err)
		_, err = io.Copy(out, blob)
		must(err)
		must(blob.Close())
		annotations["containerd.io/snapshot/stargz/toc.digest"] = blob.TOCDigest().String()
		annotations["diffId"] = blob.DiffID().String()
	} else {
		w, err := compressor.ZstdCompressor(out, annotations, nil)
		must(err)
		_, err = io.Copy(w, in)
		must(err)
		must(w.Close())
	}
	must(out.Close())
	must(json.NewEncoder(os.Stdout).Encode(annotations))
}
