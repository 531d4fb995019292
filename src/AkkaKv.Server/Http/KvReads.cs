using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>GET and HEAD of an entry, and where it lives.</summary>
internal sealed class KvReads(IAkkaKv door)
{
    // A stored page must not act with this origin's rights when somebody opens it in a browser.
    private const string Sandbox = "sandbox";

    public async Task GetAsync(HttpContext context, EntryKey key, KvQuery query)
    {
        var reply = await door.GetAsync(key, query.Options, context.RequestAborted);
        if (reply.Error is not null)
        {
            await ProblemWriter.WriteAsync(context, Problems.Of(reply.Error));
            return;
        }

        SetHeaders(context.Response, reply);
        if (query.Sibling is not null)
            await WriteWantedAsync(context, reply, query.Sibling);
        else if (reply.Siblings.Count == 1)
            await WriteValueAsync(context, reply.Siblings[0]);
        else if (reply.Siblings.Count == 0)
            await ProblemWriter.WriteNotFoundAsync(context, deleted: reply.Context is not null);
        else
            await WriteSiblingsAsync(context, reply);
    }

    public async Task PlacementAsync(HttpContext context, EntryKey key, KvQuery query)
    {
        var (placement, error) = await door.PlacementAsync(key, query.Options, context.RequestAborted);
        if (placement is null)
        {
            await ProblemWriter.WriteAsync(context, error is null ? Problems.Internal() : Problems.Of(error));
            return;
        }

        var body = new PlacementBody(
            key.Bucket,
            key.NameText,
            Convert.ToBase64String(key.Name.Span),
            $"0x{placement.Hash:x16}",
            placement.Partition,
            placement.Owners,
            placement.Fallbacks);
        await JsonReply.WriteAsync(context, 200, body, PlainJson.Bodies.PlacementBody);
    }

    private static void SetHeaders(HttpResponse response, GetReply reply)
    {
        var headers = response.Headers;
        if (reply.Context is { } seen)
            headers[KvHeaders.Context] = seen.ToString();
        headers[KvHeaders.Siblings] = QuorumText.OfCount(reply.Siblings.Count);
        if (reply.Quorum is not { } quorum)
            return;
        headers[KvHeaders.Quorum] = QuorumText.OfRead(quorum);
        headers[KvHeaders.Coordinator] = quorum.Coordinator;
    }

    private static Task WriteValueAsync(HttpContext context, Sibling sibling)
    {
        var response = context.Response;
        var etag = EntityTags.Of(sibling.Tag);
        response.Headers.ETag = etag;
        if (sibling.ExpiresAt is { } expiry)
            response.Headers[KvHeaders.Expires] = InstantText.Format(expiry);
        if (EntityTags.Matches(context.Request.Headers.IfNoneMatch, etag))
            return NotModified(response);
        response.ContentType = sibling.ContentType ?? KvHeaders.UnnamedContentType;
        response.Headers.ContentSecurityPolicy = Sandbox;
        response.ContentLength = sibling.Value.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(sibling.Value, context.RequestAborted).AsTask();
    }

    private static Task WriteWantedAsync(HttpContext context, GetReply reply, string tag)
    {
        var wanted = reply.Siblings.FirstOrDefault(sibling => sibling.Tag == tag);
        if (wanted is null)
            return ProblemWriter.WriteAsync(context, Problems.SiblingNotFound(tag, [.. reply.Siblings.Select(sibling => sibling.Tag)]));
        if (!wanted.Deleted)
            return WriteValueAsync(context, wanted);
        context.Response.Headers[KvHeaders.Deleted] = "true";
        context.Response.Headers.ETag = EntityTags.Of(tag);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task WriteSiblingsAsync(HttpContext context, GetReply reply)
    {
        var etag = EntityTags.Of(reply.Siblings);
        context.Response.Headers.ETag = etag;
        if (EntityTags.Matches(context.Request.Headers.IfNoneMatch, etag))
            return NotModified(context.Response);
        context.Response.StatusCode = StatusCodes.Status300MultipleChoices;
        return SiblingsWriter.WriteAsync(context, reply, etag);
    }

    private static Task NotModified(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }
}
