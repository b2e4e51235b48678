target "default" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = ["linux/arm64"]
  tags       = ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent:latest"]
}
