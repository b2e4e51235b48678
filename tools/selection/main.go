// Says which manifest of an index a runtime takes, by the runtimes' own code. One question a line on stdin, as JSON; the
// digest of the answer a line on stdout, `-` where nothing is taken.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/platforms"
	"github.com/containers/image/v5/manifest"
	"github.com/containers/image/v5/types"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

type question struct {
	Host  ocispec.Platform  `json:"host"`
	Index json.RawMessage   `json:"index"`
	Blobs map[string]string `json:"blobs"`
}

// blobs is a content.Provider over what the question brought.
type blobs map[string]string

type reader struct {
	data []byte
}

func (r reader) ReadAt(p []byte, off int64) (int, error) {
	n := copy(p, r.data[off:])
	if n < len(p) {
		return n, fmt.Errorf("short")
	}
	return n, nil
}
func (r reader) Close() error { return nil }
func (r reader) Size() int64  { return int64(len(r.data)) }

func (b blobs) ReaderAt(_ context.Context, desc ocispec.Descriptor) (content.ReaderAt, error) {
	data, ok := b[desc.Digest.String()]
	if !ok {
		return nil, fmt.Errorf("no blob %s", desc.Digest)
	}
	return reader{[]byte(data)}, nil
}

// containerd is what a pull and a start take: core/images, Manifest.
func containerd(q question) string {
	root := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: digest.FromBytes(q.Index), Size: int64(len(q.Index))}
	b := blobs(q.Blobs)
	b[root.Digest.String()] = string(q.Index)
	found, err := images.Manifest(context.Background(), b, root, platforms.Only(q.Host))
	if err != nil {
		return "-"
	}
	for d, text := range q.Blobs {
		var m ocispec.Manifest
		if json.Unmarshal([]byte(text), &m) == nil && m.Config.Digest == found.Config.Digest && m.Config.Digest != "" {
			return d
		}
	}
	return "?"
}

// crio is what CRI-O, podman and skopeo take on such a host.
func crio(q question) string {
	list, err := manifest.ListFromBlob(q.Index, ocispec.MediaTypeImageIndex)
	if err != nil {
		return "-"
	}
	variant := q.Host.Variant
	if q.Host.Architecture == "arm64" && variant == "" {
		variant = "v8" // what such a host reads of itself in /proc/cpuinfo (internal/pkg/platform, getCPUVariant)
	}
	found, err := list.ChooseInstance(&types.SystemContext{
		OSChoice: q.Host.OS, ArchitectureChoice: q.Host.Architecture, VariantChoice: variant,
	})
	if err != nil {
		return "-"
	}
	return found.String()
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		out, _ := json.Marshal(map[string]string{"containerd": containerd(q), "cri-o": crio(q)})
		fmt.Println(string(out))
	}
}
