using System.Reflection;
using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>What people and load balancers ask about the cluster and this node.</summary>
internal sealed class ClusterRoutes(IAkkaKv door)
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Ideas =
    [
        "curl -i -X PUT --data 'hello' -H 'Content-Type: text/plain' {url}/kv/demo/greeting",
        "curl -i {url}/kv/demo/greeting",
        "curl {url}/kv/demo/greeting/placement",
        "curl {url}/cluster/members",
        "curl {url}/cluster/ring",
        "curl {url}/cluster/changes",
        "curl {url}/cluster/hints",
        "curl -X POST {url}/cluster/repair",
        "curl {url}/ids/snowflake?count=3",
        "curl {url}/ready",
        "curl {url}/metrics",
    ];

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", ReadMethods, WelcomeAsync);
        routes.MapMethods("/alive", ReadMethods, AliveAsync);
        routes.MapMethods("/ready", ReadMethods, ReadyAsync);
        routes.MapMethods("/cluster/ring", ReadMethods, RingAsync);
    }

    private static Task AliveAsync(HttpContext context) =>
        JsonReply.WriteAsync(context, 200, new AliveBody(Alive: true), PlainJson.Bodies.AliveBody);

    private async Task ReadyAsync(HttpContext context)
    {
        var health = await door.HealthAsync(context.RequestAborted);
        await JsonReply.WriteAsync(context, health.Ready ? 200 : 503, health, PlainJson.Bodies.NodeHealth);
    }

    private async Task RingAsync(HttpContext context)
    {
        var ring = await door.RingAsync(context.RequestAborted);
        await JsonReply.WriteAsync(context, 200, ring, PlainJson.Bodies.RingInfo);
    }

    private static Task WelcomeAsync(HttpContext context)
    {
        var url = $"{context.Request.Scheme}://{context.Request.Host}";
        var version = typeof(ClusterRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
        string[] ideas = [.. Ideas.Select(idea => idea.Replace("{url}", url, StringComparison.Ordinal))];
        if (SiblingsWriter.PrefersJson(context.Request.Headers.Accept))
            return JsonReply.WriteAsync(context, 200, new WelcomeBody("AkkaKv", version, ideas), PlainJson.Bodies.WelcomeBody);
        var text = $"AkkaKv {version}: a replicated key-value store. Try:\n\n  {string.Join("\n  ", ideas)}\n";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text, context.RequestAborted);
    }
}
