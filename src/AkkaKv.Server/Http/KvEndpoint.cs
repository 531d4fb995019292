using AkkaKv.Api;
using Microsoft.AspNetCore.Http.Features;

namespace AkkaKv.Server.Http;

/// <summary>
/// Everything below /kv/. It stands before routing and reads the raw target itself: a key is bytes, and this is the
/// path that has to be fast.
/// </summary>
internal sealed partial class KvEndpoint(IAkkaKv door, RequestGate gate, TimeSpan bodyTimeout, TimeProvider clock, ILogger<KvEndpoint> log)
{
    private const string EntryMethods = "GET, HEAD, PUT, DELETE";
    private const string PlacementMethods = "GET, HEAD";

    private readonly KvReads reads = new(door);
    private readonly KvWrites writes = new(door, new BodyReader(gate, door.Limits.ValueBytesMax, bodyTimeout, clock), gate, clock);

    /// <summary>Answers what is below /kv/ and hands on the rest.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var target = KvTarget.Parse(rawTarget);
        return target.Kind switch
        {
            KvTargetKind.Elsewhere => next(context),
            KvTargetKind.Malformed => ProblemWriter.WriteAsync(context, Problems.MalformedTarget()),
            KvTargetKind.Unknown => ProblemWriter.WriteAsync(context, Problems.UnknownRoute(context.Request.Method, context.Request.Path)),
            _ => GuardAsync(context, target, rawTarget),
        };
    }

    private async Task GuardAsync(HttpContext context, KvTarget target, string rawTarget)
    {
        if (!gate.TryEnter())
        {
            await ProblemWriter.WriteAsync(context, Problems.Busy($"{gate.RequestsMax} requests in flight (Limits:RequestsInFlightMax)"));
            return;
        }

        try
        {
            await DispatchAsync(context, target, rawTarget);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has left: nobody is there to answer.
        }
        catch (BadHttpRequestException refused) when (!context.Response.HasStarted)
        {
            await ProblemWriter.WriteAsync(context, Problems.OfStatus(refused.StatusCode, context.Request.Method, context.Request.Path));
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            LogFailure(log, context.Request.Method, failure);
            context.Response.Clear();
            await ProblemWriter.WriteAsync(context, Problems.Internal());
        }
        finally
        {
            gate.Leave();
        }
    }

    private Task DispatchAsync(HttpContext context, in KvTarget target, string rawTarget)
    {
        var method = context.Request.Method;
        if (!TryScope(method, target.Kind, out var scope))
            return MethodNotAllowedAsync(context, target.Kind);
        if (KvQueryParser.Parse(rawTarget.AsSpan(target.QueryStart), scope, out var query) is { } problem)
            return ProblemWriter.WriteAsync(context, problem);
        if (query.Key is not null && target.Key.Length > 0)
            return ProblemWriter.WriteAsync(context, Problems.InvalidQuery("key", "a key in the path as well", "the only place that names the key", null));
        var key = new EntryKey(target.Bucket, query.Key ?? target.Key);
        return scope switch
        {
            KvQueryScope.Read => reads.GetAsync(context, key, query),
            KvQueryScope.Write => writes.PutAsync(context, key, query),
            KvQueryScope.Delete => writes.DeleteAsync(context, key, query),
            _ => reads.PlacementAsync(context, key, query),
        };
    }

    private static bool TryScope(string method, KvTargetKind kind, out KvQueryScope scope)
    {
        var reading = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        if (kind == KvTargetKind.Placement)
        {
            scope = KvQueryScope.Placement;
            return reading;
        }

        scope = reading ? KvQueryScope.Read : HttpMethods.IsPut(method) ? KvQueryScope.Write : KvQueryScope.Delete;
        return scope != KvQueryScope.Delete || HttpMethods.IsDelete(method);
    }

    private static Task MethodNotAllowedAsync(HttpContext context, KvTargetKind kind)
    {
        var allowed = kind == KvTargetKind.Placement ? PlacementMethods : EntryMethods;
        context.Response.Headers.Allow = allowed;
        return ProblemWriter.WriteAsync(context, Problems.MethodNotAllowed(context.Request.Method, allowed));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Method} below /kv/ failed in an unexpected way; it was answered with 500.")]
    private static partial void LogFailure(ILogger log, string method, Exception failure);
}
