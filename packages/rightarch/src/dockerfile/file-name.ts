const NAMED = /(^|\/)(Dockerfile|Containerfile)(\.[\w-]+)*$|\.dockerfile$/i;

/** Whether it lies among other people's files. What is built may lie in `build` and `dist`; a Dockerfile there is a source. */
export const isOfOthers = (path: string): boolean => /(^|\/)(node_modules|vendor|\.venv|venv)\//.test(path);

/** `Dockerfile.dockerignore`, and templates that another program makes Dockerfiles of, and pages about them. */
const NO_DOCKERFILE =
  /\.(?:dockerignore|j2|jinja2?|njk|tmpl|gotmpl|tpl|template|erb|ejs|hbs|mustache|in|mdx?|rst|adoc|html?)$/i;

/** `dockerfile.ex`: source code about Dockerfiles. `Dockerfile.go` is the one of a program in Go. */
const CODE =
  /(?:^|\/)(?:docker|container)file(?:\.[\w-]+)*\.(?:[ch]|c[cs]|cpp|exs?|go|java|json|[cm]?[jt]sx?|kts?|lua|php|py|rb|rs|swift|toml|vim|xml|ya?ml)$/;

/** Whether a file is a Dockerfile by its name. */
export const isDockerfile = (path: string): boolean =>
  NAMED.test(path) && !NO_DOCKERFILE.test(path) && !CODE.test(path) && !isOfOthers(path);
