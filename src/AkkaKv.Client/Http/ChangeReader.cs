using System.Net;
using System.Text.Json;
using AkkaKv.Api;
using AkkaKv.Client.Sending;

namespace AkkaKv.Client.Http;

/// <summary>Reads what a node says of changes of the members. Tolerant as <see cref="ClusterReader"/> is.</summary>
internal static class ChangeReader
{
    public static ClusterChangeInfo Cluster(Received received)
    {
        ClusterChangeInfo info = Parse<ClusterChangeInfo>(received);
        return info with
        {
            ClusterId = info.ClusterId ?? "",
            Phase = info.Phase ?? throw new FormatException("an answer about changes has a phase"),
            Members = info.Members ?? [],
            Gone = info.Gone ?? [],
            Staged = info.Staged ?? [],
            Progress = info.Progress ?? [],
            Workers = info.Workers ?? [],
            Waiting = info.Waiting ?? "",
        };
    }

    public static ChangePlanInfo Plan(Received received)
    {
        ChangePlanInfo plan = Parse<ChangePlanInfo>(received);
        return plan with
        {
            Staged = plan.Staged ?? [],
            Moves = plan.Moves ?? [],
            Before = plan.Before ?? [],
            After = plan.After ?? [],
            Warnings = plan.Warnings ?? [],
        };
    }

    /// <summary>What became of an order. A refusal is an answer; that nobody answered is an exception, as everywhere about the cluster.</summary>
    public static ChangeReply Order(Attempt attempt)
    {
        if (attempt.Error is not { } error)
            return AnswerReader.ReadOrThrow(attempt, Parse<ChangeReply>) with { IsKnown = true };
        if (IsRefusal(attempt))
            return new ChangeReply(Done: false, error.Detail, 0);
        return error.Outcome == KvOutcome.Indeterminate
            ? new ChangeReply(Done: false, error.Detail, 0, IsKnown: false)
            : throw new AkkaKvException(error);
    }

    /// <summary>The node understood, and said no.</summary>
    public static bool IsRefusal(Attempt attempt) => attempt.Received is { Status: HttpStatusCode.Conflict };

    private static T Parse<T>(Received received)
        where T : class => JsonSerializer.Deserialize<T>(received.Body.Span, JsonSerializerOptions.Web) ?? throw new FormatException("an answer is a JSON object");
}
