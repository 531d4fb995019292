using System.Text.Json;

namespace AkkaKv.Server.Http;

/// <summary>Writes problems as <c>application/problem+json</c>.</summary>
internal static class ProblemWriter
{
    private const string ContentType = "application/problem+json";
    private static readonly byte[] NeverWritten = Encode(Problems.NotFound(deleted: false));
    private static readonly byte[] WasDeleted = Encode(Problems.NotFound(deleted: true));

    /// <summary>Writes any problem; those that ask for a later retry say after how long.</summary>
    public static Task WriteAsync(HttpContext context, ProblemDocument problem)
    {
        var response = context.Response;
        if (problem.Retryable && problem.Status is 429 or 503)
            response.Headers.RetryAfter = "1";
        if (problem.Status is 408 or 413)
            response.Headers.Connection = "close";
        return WriteAsync(context, problem.Status, Encode(problem));
    }

    /// <summary>Writes the answer for a key without a value; its bytes are made once, because misses are common.</summary>
    public static Task WriteNotFoundAsync(HttpContext context, bool deleted) =>
        WriteAsync(context, 404, deleted ? WasDeleted : NeverWritten);

    private static Task WriteAsync(HttpContext context, int status, byte[] body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static byte[] Encode(ProblemDocument problem) =>
        JsonSerializer.SerializeToUtf8Bytes(problem, PlainJson.Bodies.ProblemDocument);
}
