using AkkaKv.Api;
using AkkaKv.Client.Http;

namespace AkkaKv.Client.Sending;

/// <summary>What one attempt came to: an answer, or an error.</summary>
/// <param name="Received">The answer; null when there is an error.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="NothingSent">True when no connection could be made, so that no node has seen the request.</param>
/// <param name="RetryAfter">How long the node asked to wait.</param>
internal sealed record Attempt(Received? Received, KvError? Error, bool NothingSent = false, TimeSpan? RetryAfter = null);
