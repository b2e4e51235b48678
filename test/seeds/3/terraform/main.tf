resource "aws_lambda_function" "api" {
  function_name = "dev-api"
  package_type  = "Image"
  image_uri     = "111111111111.dkr.ecr.us-east-1.amazonaws.com/app:dev-latest"
  architectures = ["arm64"]
  role          = aws_iam_role.api.arn
}

resource "aws_apprunner_service" "api" {
  service_name = "dev-api"
  source_configuration {
    image_repository {
      image_identifier      = "111111111111.dkr.ecr.us-east-1.amazonaws.com/app:dev-latest"
      image_repository_type = "ECR"
    }
  }
}
