using AkkaKv.Api;

namespace AkkaKv.Client;

/// <summary>What a key holds, without the values: enough for the next write.</summary>
/// <param name="Found">True when a live value was found.</param>
/// <param name="Siblings">How many concurrent values there are; 0 when none was found.</param>
/// <param name="Context">What was seen; null when the key was never written.</param>
/// <param name="Quorum">How the read came about; null when it was refused.</param>
/// <param name="Error">Why there is no answer; null when there is one.</param>
public sealed record ContextReply(bool Found, int Siblings, CausalContext? Context, QuorumReport? Quorum, KvError? Error = null);
