using AkkaKv.Api;
using AkkaKv.Client.Http;

namespace AkkaKv.Client.Sending;

/// <summary>
/// Sends a call until it is answered, may not be repeated, or its attempts or its time are spent. The only place that
/// retries requests.
/// </summary>
/// <remarks>
/// What is repeated: whatever could not be sent; reads that failed in a retryable way; writes that were answered
/// not-attempted and retryable. An indeterminate write only on request. Once one attempt of a write was indeterminate,
/// so is the call, whatever later attempts say.
/// </remarks>
internal sealed class RequestSender(AkkaKvClientOptions options, TimeProvider time, Random random) : IDisposable
{
    private readonly HttpExchange _exchange = new(options, time);
    private readonly EndpointRing _endpoints = new(options.Endpoints, options.EndpointRest, time);
    private readonly Backoff _backoff = new(options.BackoffMin, options.BackoffMax, random);
    private long _retries;

    /// <summary>Attempts beyond the first, over all calls.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>
    /// No attempt begins with less time than this: cut off in the middle, it would turn a write that was refused into
    /// one whose outcome is unknown.
    /// </summary>
    private TimeSpan LeastForAttempt => (options.AttemptTimeout < options.Deadline ? options.AttemptTimeout : options.Deadline) / 3;

    public Deadline NewDeadline() => new(options.Deadline, time);

    public Task<Attempt> SendAsync(CallShape shape, CancellationToken cancellation) => SendAsync(shape, NewDeadline(), cancellation);

    public async Task<Attempt> SendAsync(CallShape shape, Deadline deadline, CancellationToken cancellation)
    {
        bool indeterminate = false;
        int unsent = 0;
        for (int attempt = 1; ; attempt++)
        {
            var result = await OnceAsync(_endpoints.Next(), shape, deadline, cancellation);
            if (result.Error is not { } error)
                return result;
            indeterminate |= error.Outcome == KvOutcome.Indeterminate;
            if (!MayRepeat(shape, result) || attempt >= options.AttemptsMax)
                return Final(result, indeterminate, attempt);
            unsent = IsAboutNode(result) ? unsent + 1 : 0;
            bool anotherEndpointIsFree = unsent > 0 && unsent < _endpoints.Count;
            if (!anotherEndpointIsFree && !await PauseAsync(attempt, result.RetryAfter, deadline, cancellation))
                return Final(result, indeterminate, attempt);
            if (deadline.Left < LeastForAttempt)
                return Final(result, indeterminate, attempt);
            Interlocked.Increment(ref _retries);
        }
    }

    /// <summary>One attempt at one endpoint, no other.</summary>
    public async Task<Attempt> OnceAsync(Uri endpoint, CallShape shape, Deadline deadline, CancellationToken cancellation)
    {
        var limit = deadline.Left < shape.AttemptTimeout ? deadline.Left : shape.AttemptTimeout;
        var result = await _exchange.SendAsync(endpoint, shape, limit, cancellation);
        if (result.Received is null || IsAboutNode(result))
            _endpoints.Rest(endpoint);
        else
            _endpoints.Wake(endpoint);
        return result;
    }

    /// <summary>Waits before retry number <paramref name="retry"/>; false when the deadline leaves no room for it.</summary>
    public async Task<bool> PauseAsync(int retry, TimeSpan? asked, Deadline deadline, CancellationToken cancellation)
    {
        var pause = _backoff.Pause(retry, asked);
        if (pause + LeastForAttempt > deadline.Left)
            return false;
        await Task.Delay(pause, time, cancellation);
        return true;
    }

    public void CountRetry() => Interlocked.Increment(ref _retries);

    public void Dispose() => _exchange.Dispose();

    // A node that starts, stops, waits to join or has left says nothing about the others: they are asked without a pause.
    private static bool IsAboutNode(Attempt attempt) => attempt.NothingSent || attempt.Error is { Code: KvErrorCode.NotReady };

    private static bool MayRepeat(CallShape shape, Attempt attempt)
    {
        var error = attempt.Error!;
        if (attempt.NothingSent)
            return true;
        if (error.Outcome == KvOutcome.Indeterminate)
            return shape.RepeatIndeterminate;
        return error.Retryable;
    }

    private static Attempt Final(Attempt result, bool indeterminate, int attempts)
    {
        var error = result.Error!;
        if (attempts > 1)
            error = error with { Detail = $"{error.Detail} ({attempts} attempts)" };
        if (indeterminate)
            error = error with { Outcome = KvOutcome.Indeterminate };
        return result with { Error = error };
    }
}
