using System.Text;

namespace AkkaKv.Server.Metrics;

/// <summary><c>GET /metrics</c> for Prometheus.</summary>
internal static class MetricsRoute
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds the route. Query parameters are Prometheus' own to choose, and change nothing.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeMetrics metrics) =>
        routes.MapMethods("/metrics", ReadMethods, context => AnswerAsync(context, metrics));

    private static async Task AnswerAsync(HttpContext context, NodeMetrics metrics)
    {
        await metrics.RefreshAsync(context.RequestAborted);
        byte[] body = Encoding.UTF8.GetBytes(Exposition.Of(metrics.Meter));
        context.Response.ContentType = Exposition.ContentType;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }
}
