using System.Text.Json;
using AkkaKv.Api;
using AkkaKv.Client.Sending;

namespace AkkaKv.Client.Http;

/// <summary>Turns an attempt into a reply; an answer that is not what the contract says becomes an error, not a crash.</summary>
internal static class AnswerReader
{
    public static (T? Reply, KvError? Error) Read<T>(Attempt attempt, Func<Received, T> read)
        where T : class
    {
        if (attempt.Error is { } error)
            return (null, error);
        try
        {
            return (read(attempt.Received!), null);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            string detail = $"{attempt.Received!.Endpoint} gave an answer that is not AkkaKv's ({failure.Message}): check that it is an AkkaKv node";
            return (null, new KvError(KvErrorCode.NotReady, detail));
        }
    }

    public static T ReadOrThrow<T>(Attempt attempt, Func<Received, T> read)
        where T : class
    {
        var (reply, error) = Read(attempt, read);
        return reply ?? throw new AkkaKvException(error!);
    }
}
