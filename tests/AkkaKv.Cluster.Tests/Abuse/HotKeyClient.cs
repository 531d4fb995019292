using System.Collections.Concurrent;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Cluster.Tests.Abuse;

/// <summary>A context, and the values that the client had seen with it.</summary>
internal sealed record SeenContext(string? Token, IReadOnlySet<string> Values)
{
    public static SeenContext Nothing { get; } = new(null, new HashSet<string>());
}

/// <summary>
/// One of many clients on the same few keys: writes blindly, with a fresh context, with an old one, with the one of its own
/// last write; deletes; through any node; and checks each read against the ledger.
/// </summary>
internal sealed class HotKeyClient(int number, Random random, IReadOnlyList<NodeProcess> nodes, IReadOnlyList<string> keys, WriteLedger ledger, ConcurrentQueue<string> errors)
{
    private const int OldContextsMax = 8;

    private readonly Dictionary<string, List<SeenContext>> _old = keys.ToDictionary(key => key, _ => new List<SeenContext>());
    private readonly Dictionary<string, string> _lastOwn = [];
    private int _writes;

    /// <summary>One operation; a node that does not answer is part of the game.</summary>
    public async Task StepAsync()
    {
        string key = keys[random.Next(keys.Count)];
        int choice = random.Next(100);
        if (choice < 10)
            await WriteAsync(key, SeenContext.Nothing, isDelete: false);
        else if (choice < 30 && _old[key].Count > 0)
            await WriteAsync(key, _old[key][random.Next(_old[key].Count)], isDelete: false);
        else if (await ReadAsync(key) is { } seen)
            await WriteAsync(key, seen, isDelete: choice >= 95 && seen.Token is not null);
    }

    private async Task<SeenContext?> ReadAsync(string key)
    {
        // What was acknowledged before the read began must be in it, or have been replaced.
        string? own = _lastOwn.GetValueOrDefault(key);
        KvAnswer answer;
        try
        {
            answer = await AnyNode().Http.GetAsync(PathOf(key));
        }
        catch (HttpRequestException)
        {
            return null;
        }

        if (answer.Status == 503)
            return null;
        var texts = answer.Texts;
        var values = texts.ToHashSet(StringComparer.Ordinal);
        foreach (string error in ledger.ErrorsOfRead(key, texts))
            errors.Enqueue($"client {number} reads {error}");
        if (own is not null && !values.Contains(own) && !ledger.MayBeGone(own))
            errors.Enqueue($"client {number} reads {key} without its own acknowledged {own}, which nobody replaced");
        return Remember(key, new SeenContext(answer.Context, values));
    }

    private async Task WriteAsync(string key, SeenContext seen, bool isDelete)
    {
        var write = ledger.Begin(new LedgerWrite(key, $"{number}-{++_writes}", isDelete, seen.Values));
        try
        {
            var http = AnyNode().Http;
            var answer = isDelete ? await http.DeleteAsync(PathOf(key), seen.Token) : await http.PutAsync(PathOf(key), write.Value, seen.Token);
            write.Outcome = OutcomeOf(answer);
            if (write.Outcome != WriteOutcome.Acknowledged || isDelete)
                return;
            _lastOwn[key] = write.Value;
            if (answer.Context is not null)
                Remember(key, new SeenContext(answer.Context, new HashSet<string> { write.Value }));
        }
        catch (HttpRequestException refused) when (refused.HttpRequestError == HttpRequestError.ConnectionError)
        {
            // Nobody took the connection: nothing was sent.
            write.Outcome = WriteOutcome.NotAttempted;
        }
        catch (HttpRequestException)
        {
            // The node was killed before it answered: the write may or may not have happened.
        }
    }

    private WriteOutcome OutcomeOf(KvAnswer answer)
    {
        if (answer.Status == 204)
            return WriteOutcome.Acknowledged;
        if (answer.Problem is not ("not-enough-replicas" or "quorum-not-reached" or "not-ready" or "busy" or "too-many-siblings"))
            errors.Enqueue($"client {number} is refused without a reason that fits: {answer}");
        return answer.Outcome == "not-attempted" ? WriteOutcome.NotAttempted : WriteOutcome.Unknown;
    }

    private SeenContext Remember(string key, SeenContext seen)
    {
        var old = _old[key];
        if (old.Count == OldContextsMax)
            old.RemoveAt(0);
        old.Add(seen);
        return seen;
    }

    private NodeProcess AnyNode() => nodes[random.Next(nodes.Count)];

    internal static string PathOf(string key) => KvHttp.PathOf("hot", key);
}
