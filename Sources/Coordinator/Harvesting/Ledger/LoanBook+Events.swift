extension LoanBook {
    /// Lets `party` lend or borrow what leads from its reservation to `wanted`; it borrows what is idle, and what it has
    /// borrowed already and still wants lasts until `expiry` at least.
    mutating func aim(_ party: Int32, at wanted: Int, now: Double, until expiry: Double) {
        let account = accounts[Int(party)]
        let lending = max(account.reserved - max(wanted, 0), 0)
        let borrowing = max(wanted - account.reserved, 0)
        if account.borrowed > borrowing {
            giveBack(account.borrowed - borrowing, by: party, at: now, because: .notNeeded)
        }
        if account.lent > lending {
            takeBack(account.lent - lending, by: party, at: now, because: .decidedAnew)
        } else if account.lent < lending {
            putUp(lending - account.lent, by: party)
        }
        if account.borrowed > 0, borrowing > 0 {
            prolong(for: party, until: expiry)
        }
        if account.borrowed < borrowing {
            borrow(borrowing - account.borrowed, for: party, at: now, until: expiry)
        }
    }

    /// Closes the account of a party that has ended. The server gets its reservation before its loans are returned, so
    /// that it can take these over.
    mutating func settle(_ party: Int32, serverTakesOver: Bool, at now: Double) {
        let account = accounts[Int(party)]
        giveBack(account.borrowed, by: party, at: now, because: .notNeeded)
        if serverTakesOver {
            putUp(account.reserved, by: LedgerParty.server.slot)
        }
        takeBack(account.lent, by: party, at: now, because: .lenderEnded)
        close(party)
    }
}
