using Akka.Actor;

namespace AkkaKv.Host.AkkaNet.Hints;

/// <summary>Asks the hints' database before the node runs.</summary>
internal static class HintDatabase
{
    /// <summary>Why a database without a journal of the node's own is refused.</summary>
    public const string NotTheOne = "Akka:HintDatabase must be the one that holds the hints of this node, as its data directory says; found one that has never seen this node. Correct it, or bring that database back.";

    /// <summary>Reads what is kept.</summary>
    /// <param name="first">Is written into a journal that holds nothing; null writes nothing.</param>
    /// <returns>How many keys there were.</returns>
    /// <exception cref="HintDatabaseException">The database did not do it in time.</exception>
    public static async Task<int> AskAsync(ActorSystem system, HintJournalPlan plan, IReadOnlyList<string> parts, byte[]? first, TimeSpan timeout)
    {
        var found = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = system.ActorOf(Props.Create(() => new HintInspection(plan, parts, first, found)));
        try
        {
            return await found.Task.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            throw new HintDatabaseException($"it did not answer within {timeout.TotalSeconds} s.");
        }
        finally
        {
            system.Stop(actor);
        }
    }
}

/// <summary>The hints' database cannot be used now.</summary>
internal sealed class HintDatabaseException(string because) : Exception(because);
