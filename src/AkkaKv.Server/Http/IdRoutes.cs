using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Host.Spelling;

namespace AkkaKv.Server.Http;

/// <summary>Unique ids: <c>GET /ids/{scheme}?count=</c>, and <c>GET /ids/snowflake/{id}</c> to take one apart.</summary>
/// <remarks>No HEAD: it would make ids and throw them away.</remarks>
internal sealed class IdRoutes(IAkkaKv door)
{
    private const string CountName = "count";

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/ids/{scheme}", [HttpMethods.Get], NextAsync);
        routes.MapMethods("/ids/snowflake/{id}", [HttpMethods.Get], DecodeAsync);
    }

    private async Task NextAsync(HttpContext context)
    {
        string name = (string)context.Request.RouteValues["scheme"]!;
        if (IdSchemes.Parse(name) is not { } scheme)
            await ProblemWriter.WriteAsync(context, UnknownScheme(name));
        else if (ReadCount(context.Request.Query, out int count) is { } problem)
            await ProblemWriter.WriteAsync(context, problem);
        else
            await WriteAsync(context, scheme, count, await door.Ids.NextAsync(scheme, count, context.RequestAborted));
    }

    private static Task WriteAsync(HttpContext context, IdScheme scheme, int count, IdsReply reply)
    {
        context.Response.Headers.CacheControl = "no-store";
        return reply.Error is { } error
            ? ProblemWriter.WriteAsync(context, Problems.Of(error))
            : JsonReply.WriteAsync(context, 200, new IdsBody(IdSchemes.NameOf(scheme), count, reply.Ids, reply.Warning), PlainIdJson.Bodies.IdsBody);
    }

    private async Task DecodeAsync(HttpContext context)
    {
        string text = (string)context.Request.RouteValues["id"]!;
        if (context.Request.Query.Keys.FirstOrDefault() is { } name)
        {
            await ProblemWriter.WriteAsync(context, Problems.NoQuery(name));
            return;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id))
        {
            await ProblemWriter.WriteAsync(context, InvalidId(text));
            return;
        }

        SnowflakeReply reply = await door.Ids.DecodeAsync(id, context.RequestAborted);
        if (reply.Info is { } info)
            await JsonReply.WriteAsync(context, 200, BodyOf(info), PlainIdJson.Bodies.SnowflakeBody);
        else
            await ProblemWriter.WriteAsync(context, Problems.Of(reply.Error!));
    }

    private static SnowflakeBody BodyOf(SnowflakeInfo info) => new(
        info.Id.ToString(CultureInfo.InvariantCulture), info.Time, info.Time.ToUnixTimeMilliseconds(), info.Datacenter, info.Machine, info.Sequence);

    private static ProblemDocument? ReadCount(IQueryCollection query, out int count)
    {
        count = 1;
        foreach ((string name, var values) in query)
        {
            if (name != CountName)
                return Problems.UnknownQuery(name, CountName, NearestName.Of(name, [CountName]));
            if (values.Count != 1)
                return Problems.InvalidQuery(name, "given twice", "once", null);
            bool isNumber = int.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out count);
            if (!isNumber || count is < 1 or > IIdService.CountMax)
                return Problems.InvalidQuery(name, values[0] ?? "", $"a whole number from 1 to {IIdService.CountMax}", null);
        }

        return null;
    }

    private static ProblemDocument UnknownScheme(string found)
    {
        string? suggestion = NearestName.Of(found, IdSchemes.Names);
        string allowed = string.Join(", ", IdSchemes.Names);
        return new ProblemDocument
        {
            Type = "urn:akkakv:problem:unknown-scheme",
            Title = "There is no such way of making ids",
            Status = 404,
            Detail = $"The scheme of an id must be one of {allowed}; found \"{found}\"." + (suggestion is null ? "" : $" Did you mean {suggestion}?"),
            Outcome = "not-attempted",
            Found = found,
            Allowed = allowed,
            Suggestion = suggestion,
        };
    }

    private static ProblemDocument InvalidId(string found) => new()
    {
        Type = "urn:akkakv:problem:invalid-id",
        Title = "The id is not valid",
        Status = 400,
        Detail = $"A Snowflake id must be a whole number from 0 to {long.MaxValue}, in decimal digits; found \"{found}\".",
        Outcome = "not-attempted",
        Found = found,
    };
}
