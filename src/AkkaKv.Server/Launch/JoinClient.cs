using System.Net.Http.Headers;
using System.Text.Json;
using AkkaKv.Core.Topology;
using AkkaKv.Server.Http;

namespace AkkaKv.Server.Launch;

/// <summary>Speaks to the nodes of a running cluster for one that wants to join it.</summary>
internal sealed class JoinClient(HttpClient http)
{
    /// <summary>Asks one node to take this one in.</summary>
    public async Task<JoinAnswer> AskAsync(Uri node, JoinOrder order, CancellationToken cancellation)
    {
        try
        {
            using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(order, PlainJson.Bodies.JoinOrder));
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await http.PostAsync(new Uri(node, "/cluster/join"), body, cancellation);
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync(cancellation);
            return answer.IsSuccessStatusCode ? Accepted(bytes) : Refused((int)answer.StatusCode, bytes);
        }
        catch (Exception failure) when (IsOfTheNetwork(failure, cancellation))
        {
            return JoinAnswer.Unreachable(failure.InnerException?.Message ?? failure.Message);
        }
    }

    /// <summary>The id of a node's cluster; null when it does not say, empty when the cluster is not founded.</summary>
    public async Task<string?> ClusterIdOfAsync(Uri node, CancellationToken cancellation)
    {
        try
        {
            byte[] bytes = await http.GetByteArrayAsync(new Uri(node, "/cluster/changes"), cancellation);
            return JsonSerializer.Deserialize(bytes, PlainJson.Bodies.ChangesBody)?.ClusterId;
        }
        catch (Exception failure) when (failure is JsonException || IsOfTheNetwork(failure, cancellation))
        {
            return null;
        }
    }

    private static bool IsOfTheNetwork(Exception failure, CancellationToken cancellation) =>
        failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested);

    private static JoinAnswer Accepted(byte[] bytes)
    {
        try
        {
            var body = JsonSerializer.Deserialize(bytes, PlainJson.Bodies.JoinBody);
            if (body?.Configuration is { } text && ConfigurationCodec.TryDecode(Convert.FromBase64String(text), out ClusterConfiguration? configuration))
                return new JoinAnswer(configuration, body.Detail);
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException)
        {
            // Said below: it is no node of this release.
        }

        return JoinAnswer.Refused("wrong-version", "its answer holds no configuration that this release can read. Run the same release on both.");
    }

    private static JoinAnswer Refused(int status, byte[] bytes)
    {
        try
        {
            if (JsonSerializer.Deserialize(bytes, PlainJson.Bodies.ProblemDocument) is { Detail: { } detail } problem)
                return JoinAnswer.Refused(problem.Reason ?? problem.Type.Split(':')[^1], detail);
        }
        catch (JsonException)
        {
            // Said below.
        }

        return JoinAnswer.Refused("no-node", $"it answered {status} and is no AkkaKv node of this release. Correct the URL.");
    }
}
