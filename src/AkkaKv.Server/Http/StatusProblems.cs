namespace AkkaKv.Server.Http;

/// <summary>Gives answers that the framework left empty (no such route, wrong method) their problem details.</summary>
internal static class StatusProblems
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentLength is not null || response.ContentType is not null)
            return;
        var problem = Problems.OfStatus(response.StatusCode, context.Request.Method, context.Request.Path);
        if (response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            problem = Problems.MethodNotAllowed(context.Request.Method, response.Headers.Allow.ToString());
        await ProblemWriter.WriteAsync(context, problem);
    }
}
