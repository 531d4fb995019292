using AkkaKv.Api;
using Microsoft.Extensions.Primitives;

namespace AkkaKv.Server.Http;

/// <summary>PUT and DELETE of an entry.</summary>
internal sealed class KvWrites(IAkkaKv door, BodyReader bodies, RequestGate gate, TimeProvider clock)
{
    public async Task PutAsync(HttpContext context, EntryKey key, KvQuery query)
    {
        if (ReadHeaders(context.Request.Headers, query, out var seen, out var expiry) is { } problem)
        {
            await ProblemWriter.WriteAsync(context, problem);
            return;
        }

        var body = await bodies.ReadAsync(context);
        if (body.Problem is not null)
        {
            await ProblemWriter.WriteAsync(context, body.Problem);
            return;
        }

        try
        {
            var put = new PutRequest(body.Bytes, context.Request.ContentType, seen, expiry, query.LastWriteWins);
            await AnswerAsync(context, await door.PutAsync(key, put, query.Options, context.RequestAborted), tagged: true);
        }
        finally
        {
            gate.Release(body.Reserved);
        }
    }

    public async Task DeleteAsync(HttpContext context, EntryKey key, KvQuery query)
    {
        if (ReadHeaders(context.Request.Headers, query, out var seen, out _) is { } problem)
        {
            await ProblemWriter.WriteAsync(context, problem);
            return;
        }

        await AnswerAsync(context, await door.DeleteAsync(key, seen, query.Options, context.RequestAborted), tagged: false);
    }

    private static Task AnswerAsync(HttpContext context, PutReply reply, bool tagged)
    {
        if (reply.Error is not null)
            return ProblemWriter.WriteAsync(context, Problems.Of(reply.Error));
        var response = context.Response;
        var headers = response.Headers;
        response.StatusCode = StatusCodes.Status204NoContent;
        if (reply.Context is { } seen)
            headers[KvHeaders.Context] = seen.ToString();
        headers[KvHeaders.Siblings] = QuorumText.OfCount(reply.Siblings);
        if (tagged && reply.Tag is not null)
            headers.ETag = EntityTags.Of(reply.Tag);
        if (reply.Quorum is { } quorum)
        {
            headers[KvHeaders.Quorum] = QuorumText.OfWrite(quorum);
            headers[KvHeaders.Coordinator] = quorum.Coordinator;
        }

        return Task.CompletedTask;
    }

    private ProblemDocument? ReadHeaders(IHeaderDictionary headers, KvQuery query, out CausalContext? seen, out DateTimeOffset? expiry)
    {
        expiry = null;
        return ReadContext(headers, out seen)
            ?? CheckHeaders(headers)
            ?? ReadExpiry(headers, query.TimeToLive, out expiry);
    }

    /// <summary>Refuses what would be lost or misunderstood: preconditions, and encodings of the body.</summary>
    private static ProblemDocument? CheckHeaders(IHeaderDictionary headers)
    {
        if (headers.IfMatch.Count > 0)
            return Problems.UnsupportedPrecondition("If-Match");
        if (headers.IfNoneMatch.Count > 0)
            return Problems.UnsupportedPrecondition("If-None-Match");
        if (headers.IfUnmodifiedSince.Count > 0)
            return Problems.UnsupportedPrecondition("If-Unmodified-Since");
        if (headers.ContentEncoding.Count > 0)
            return Problems.UnsupportedEncoding("Content-Encoding", StatusCodes.Status415UnsupportedMediaType);
        return headers.ContentRange.Count > 0
            ? Problems.UnsupportedEncoding("Content-Range", StatusCodes.Status400BadRequest)
            : null;
    }

    private static ProblemDocument? ReadContext(IHeaderDictionary headers, out CausalContext? seen)
    {
        seen = null;
        if (!headers.TryGetValue(KvHeaders.Context, out StringValues values) || values.Count == 0)
            return null;
        if (values.Count > 1)
            return Problems.InvalidContext($"{values.Count} of them");
        return CausalContext.TryParse(values[0], out seen)
            ? null
            : Problems.InvalidContext($"{values[0]?.Length ?? 0} characters that are none");
    }

    private ProblemDocument? ReadExpiry(IHeaderDictionary headers, TimeSpan? life, out DateTimeOffset? expiry)
    {
        expiry = null;
        var given = headers.TryGetValue(KvHeaders.Expires, out StringValues values) && values.Count > 0;
        if (!given && life is null)
            return null;
        if (given && life is not null)
            return Problems.InvalidQuery("ttl", $"the header {KvHeaders.Expires} as well", "the only place that says when the value expires", null);
        if (life is { } duration)
            return AddLife(duration, out expiry);
        if (values.Count > 1 || !InstantText.TryParse(values[0] ?? "", out var instant))
            return Problems.InvalidHeader(KvHeaders.Expires, values.ToString(), "a time as RFC 1123 or ISO 8601 with its offset, as in 2026-11-22T15:52:17Z");
        expiry = instant;
        return null;
    }

    private ProblemDocument? AddLife(TimeSpan life, out DateTimeOffset? expiry)
    {
        var now = clock.GetUtcNow();
        expiry = life < DateTimeOffset.MaxValue - now ? now + life : null;
        return expiry is null ? Problems.InvalidQuery("ttl", life.ToString(), "a time before the year 10000", null) : null;
    }
}
