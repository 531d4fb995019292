using System.Collections.Concurrent;

namespace AkkaKv.Host.AkkaNet.Peers;

/// <summary>Why peers cannot be reached, for people; written by the network's actor, read by anyone.</summary>
internal sealed class PeerTroubles
{
    private readonly ConcurrentDictionary<string, string> _troubles = new(StringComparer.Ordinal);

    /// <summary>Notes why; true when it was something else before.</summary>
    public bool Set(string peer, string trouble)
    {
        bool isNews = !_troubles.TryGetValue(peer, out string? before) || before != trouble;
        _troubles[peer] = trouble;
        return isNews;
    }

    public void Forget(string peer) => _troubles.TryRemove(peer, out _);

    public override string ToString() => string.Join(" ", _troubles.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}."));
}
