using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>
/// Compares this node with others from now on, whether the ring names the pairs or not: outside of window and interval, but
/// throttled as ever, each again and again until it has come to its end. Exchanges that began before do not count. A run of
/// another number takes the place of this one; one without pairs only ends it. Answered by <see cref="CompareTold"/> at once
/// and after each of its exchanges.
/// </summary>
/// <param name="Run">Drawn by the asker, echoed in the answers.</param>
/// <param name="IsPushOnly">The peers are brought what this node holds, and nothing is fetched from them.</param>
public sealed record CompareStart(ulong Run, IReadOnlyList<ExchangePair> Pairs, bool IsPushOnly, Address ReplyTo) : Message;

/// <param name="Done">Those that came to their end since the last answer.</param>
/// <param name="Left">How many have not.</param>
/// <param name="DamagedKeys">Keys of those done that one of the two could not read: they were not moved.</param>
/// <param name="Waiting">Why the last exchange was given up, for people; empty when it was not.</param>
public sealed record CompareTold(ulong Run, IReadOnlyList<ExchangePair> Done, int Left, long DamagedKeys, string Waiting) : Message;
